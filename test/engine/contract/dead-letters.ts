import { expect } from 'vitest';
import type { DeadLetterPage, Redelivery } from '../../../src/engine/engine.ts';
import type { ContractCase, Rig } from './rig.ts';
import { AGENT, bytes, refusal, SENDER, text, texts } from './rig.ts';

const OTHER = 'test://other';
const ALL_BITS = 65_535;

function redeliver(rig: Rig, ids: readonly string[], how: Partial<Redelivery> = {}) {
  return rig.engine.deadLetters.redeliver(AGENT, ids, { acceptedAt: rig.clock.now(), keepTagBits: ALL_BITS, ...how });
}

async function idsOf(rig: Rig, agentId = AGENT): Promise<string[]> {
  return (await rig.deadLetters(agentId)).map(({ deadLetterId }) => deadLetterId);
}

export const deadLetterCases: ContractCase[] = [
  {
    name: 'a dead letter is listed with what is known of it, in its own mailbox alone',
    async run(rig) {
      const acceptedAt = rig.clock.now();
      const message = await rig.die({ envelope: bytes('the envelope') });
      rig.clock.advance(1);
      const copies = await rig.die({ recipients: [OTHER, AGENT] });
      const [first, second] = await rig.deadLetters();
      expect(first).toEqual({
        deadLetterId: expect.any(String),
        sender: SENDER,
        messageId: message.messageId,
        acceptedAt,
        diedAt: acceptedAt,
        attempts: 1,
        reason: 'no use',
        envelope: expect.any(Uint8Array),
      });
      expect(text(first!.envelope)).toBe('the envelope');
      expect(second?.messageId).toBe(copies.messageId);
      expect((await rig.deadLetters(OTHER)).map(({ messageId }) => messageId)).toEqual([copies.messageId]);
      expect(await rig.deadLetters('test://nobody')).toEqual([]);
      expect(rig.engine.mailboxes.depth(AGENT)).toEqual({ messages: 0, bytes: 0 });
    },
  },
  {
    name: 'dead letters are listed in the order of acceptance, not of death',
    async run(rig) {
      const sent = [await rig.send(), await rig.send(), await rig.send()];
      const leases = await rig.lease();
      for (const { deliveryId } of leases.toReversed()) {
        await rig.engine.mailboxes.discard(AGENT, [deliveryId], 'no');
        rig.clock.advance(1);
      }
      const listed = (await rig.deadLetters()).map(({ messageId }) => messageId);
      expect(listed).toEqual(sent.map(({ messageId }) => messageId));
    },
  },
  {
    name: 'pages of dead letters are bounded in number and bytes, hold at least one, and follow each other',
    async run(rig) {
      const { deadLetters } = rig.engine;
      for (const size of [10, 10, 500, 10, 10]) await rig.die({ envelope: new Uint8Array(size) });
      await rig.die({ recipients: [OTHER] });
      const pages: number[][] = [];
      let page: DeadLetterPage | undefined;
      do {
        const after = page?.next === undefined ? {} : { after: page.next };
        page = await deadLetters.list({ agentId: AGENT, limit: 2, maxBytes: 200, ...after });
        pages.push(page.deadLetters.map(({ envelope }) => envelope.byteLength));
      } while (page.next !== undefined);
      expect(pages).toEqual([[10, 10], [500], [10, 10]]);
      for (const after of ['', '0', '01', 'a-b-c', '%', 'zzzzzzzzzzzzz']) {
        await refusal(deadLetters.list({ agentId: AGENT, limit: 1, maxBytes: 1, after }), 'invalid_cursor');
      }
    },
  },
  {
    name: 'a page goes on where the last one ended, whatever was purged in between',
    async run(rig) {
      const { deadLetters } = rig.engine;
      for (const messageId of ['a', 'b', 'c']) await rig.die({ messageId });
      const first = await deadLetters.list({ agentId: AGENT, limit: 2, maxBytes: 1e6 });
      await deadLetters.purge(
        AGENT,
        first.deadLetters.map(({ deadLetterId }) => deadLetterId),
      );
      const second = await deadLetters.list({ agentId: AGENT, limit: 2, maxBytes: 1e6, after: first.next! });
      expect(second.deadLetters.map(({ messageId }) => messageId)).toEqual(['c']);
      expect(second).not.toHaveProperty('next');
    },
  },
  {
    name: 'a redelivered message waits behind all others of its priority, with a fresh count and no expiry',
    async run(rig) {
      const expiresAt = rig.clock.now() + 60_000;
      const message = await rig.die({ priority: 3, tag: 0b101, expiresAt, envelope: bytes('again') });
      await rig.send({ messageId: 'before', priority: 3 });
      await rig.send({ messageId: 'low', priority: 1 });
      rig.clock.advance(60_000);
      const [deadLetterId] = await idsOf(rig);
      const acceptedAt = rig.clock.now();
      const { messageId } = message;
      expect(await redeliver(rig, [deadLetterId!], { keepTagBits: 0b011 })).toEqual([
        { deadLetterId, sender: SENDER, messageId },
      ]);
      expect(await rig.deadLetters()).toEqual([]);
      const leases = await rig.lease();
      expect(texts(leases)).toEqual(['before', 'again', 'low']);
      expect(leases[1]).toMatchObject({ attempt: 1, tag: 0b001, priority: 3, acceptedAt, sender: SENDER, messageId });
      rig.clock.advance(10 * 60_000);
      expect(texts(await rig.lease())).toEqual(['before', 'again', 'low']);
    },
  },
  {
    name: 'a redelivered message does not claim to be delivered for the first time',
    async run(rig) {
      await rig.die();
      await redeliver(rig, await idsOf(rig));
      expect(await rig.leaseOne()).toMatchObject({ attempt: 1, redeliveredBecause: 'rejected' });
    },
  },
  {
    name: 'several are redelivered in the order in which they were accepted, each once, however they are named',
    async run(rig) {
      for (const messageId of ['a', 'b', 'c']) await rig.die({ messageId });
      const ids = await idsOf(rig);
      const moved = await redeliver(rig, [...ids.toReversed(), ids[0]!, 'nonsense', 'zz']);
      expect(moved.map(({ messageId }) => messageId)).toEqual(['a', 'b', 'c']);
      expect(texts(await rig.lease())).toEqual(['a', 'b', 'c']);
      expect(await redeliver(rig, ids)).toEqual([]);
      expect(await redeliver(rig, [])).toEqual([]);
    },
  },
  {
    name: 'redelivery adds a record beside the one that says dead-lettered, and a repeat is still recognized',
    async run(rig) {
      const message = await rig.die();
      rig.clock.advance(1_000);
      await redeliver(rig, await idsOf(rig));
      expect(await rig.records(message)).toMatchObject([
        { state: 'dead_lettered', reason: 'no use', attempts: 1 },
        { state: 'queued', attempts: 0, acceptedAt: rig.clock.now(), fingerprint: message.fingerprint },
      ]);
      await refusal(rig.send(message), 'duplicate_message');
      await rig.acknowledge([await rig.leaseOne()]);
      expect((await rig.records(message)).map(({ state }) => state)).toEqual(['dead_lettered', 'acknowledged']);
    },
  },
  {
    name: 'no delivery id is used again: what settled the dead one does not touch the redelivered one',
    async run(rig) {
      await rig.send();
      const old = await rig.leaseOne();
      await rig.engine.mailboxes.discard(AGENT, [old.deliveryId], 'no');
      await redeliver(rig, await idsOf(rig));
      expect(await rig.acknowledge([old])).toEqual({ stale: [old.deliveryId], tagged: [] });
      const fresh = await rig.leaseOne();
      expect(fresh.deliveryId).not.toBe(old.deliveryId);
      expect(await rig.acknowledge([fresh])).toEqual({ stale: [], tagged: [] });
    },
  },
  {
    name: 'a redelivered message that dies again is another dead letter',
    async run(rig) {
      await rig.die();
      const [first] = await idsOf(rig);
      await redeliver(rig, [first!]);
      const { deliveryId } = await rig.leaseOne();
      await rig.engine.mailboxes.discard(AGENT, [deliveryId], 'still no use');
      const [second] = await rig.deadLetters();
      expect(second).toMatchObject({ reason: 'still no use', attempts: 1 });
      expect(second?.deadLetterId).not.toBe(first);
      expect(await redeliver(rig, [first!])).toEqual([]);
      expect(await rig.engine.deadLetters.purge(AGENT, [first!])).toBe(0);
    },
  },
  {
    name: 'subscribers hear of a redelivered message',
    async run(rig) {
      await rig.die();
      const ids = await idsOf(rig);
      const heard = new Promise<void>((resolve) => rig.engine.mailboxes.subscribe(AGENT, resolve));
      await redeliver(rig, ids);
      await heard;
      expect(await rig.lease()).toHaveLength(1);
    },
  },
  {
    name: 'redelivery needs room for all of them, and moves none without it',
    async run(rig) {
      const size = rig.limits.maxMailboxBytes / 2;
      for (const messageId of ['a', 'b', 'c']) await rig.die({ messageId, envelope: new Uint8Array(size - 100) });
      const ids = await idsOf(rig);
      const depth = rig.engine.mailboxes.depth(AGENT);
      const facts = await refusal(redeliver(rig, ids), 'mailbox_full');
      expect(facts).toMatchObject({ agentId: AGENT, bound: 'bytes', limit: rig.limits.maxMailboxBytes });
      expect(rig.engine.mailboxes.depth(AGENT)).toEqual(depth);
      expect(await idsOf(rig)).toEqual(ids);
      expect(await redeliver(rig, ids.slice(0, 2))).toHaveLength(2);
      await refusal(redeliver(rig, ids.slice(2)), 'mailbox_full');
      await rig.acknowledge(await rig.lease());
      expect(await redeliver(rig, ids.slice(2))).toHaveLength(1);
    },
  },
  {
    name: 'redelivery counts the messages that a mailbox holds, too',
    async run(rig) {
      await rig.die();
      const ids = await idsOf(rig);
      for (let sent = 0; sent < rig.limits.maxMailboxMessages; sent++) await rig.send({ envelope: bytes('x') });
      expect(await refusal(redeliver(rig, ids), 'mailbox_full')).toMatchObject({ bound: 'messages' });
      await rig.acknowledge(await rig.lease({ limit: 1 }));
      expect(await redeliver(rig, ids)).toHaveLength(1);
    },
  },
  {
    name: 'two redeliveries of one dead letter at the same time: one has it, the other passes it over',
    async run(rig) {
      await rig.die();
      await rig.die();
      const [one, two] = await idsOf(rig);
      const moved = await Promise.all([redeliver(rig, [one!]), redeliver(rig, [two!, one!]), redeliver(rig, [one!])]);
      expect(moved.map(({ length }) => length)).toEqual([1, 1, 0]);
      expect(await rig.lease()).toHaveLength(2);
      expect(rig.engine.deadLetters.total()).toEqual({ messages: 0, bytes: 0 });
      await rig.acknowledge(await rig.lease({ holder: 'other' }));
      expect(rig.engine.mailboxes.depth(AGENT).messages).toBe(2);
    },
  },
  {
    name: 'a redelivery and a purge at the same time: the message is in the mailbox or gone, and counted once',
    async run(rig) {
      const { deadLetters, mailboxes } = rig.engine;
      for (const purgeFirst of [true, false]) {
        await rig.die();
        const ids = await idsOf(rig);
        const calls: [() => Promise<unknown>, () => Promise<unknown>] = [
          () => deadLetters.purge(AGENT, ids),
          () => redeliver(rig, ids),
        ];
        await Promise.all((purgeFirst ? calls : calls.toReversed()).map((call) => call()));
        const waiting = await rig.lease();
        expect(mailboxes.depth(AGENT).messages).toBe(waiting.length);
        expect(deadLetters.total()).toEqual({ messages: 0, bytes: 0 });
        await rig.acknowledge(waiting);
      }
    },
  },
  {
    name: 'purging deletes the dead letters of one mailbox, each once, and leaves their records',
    async run(rig) {
      const { deadLetters } = rig.engine;
      const message = await rig.die();
      await rig.die();
      const [first, second] = await idsOf(rig);
      expect(await deadLetters.purge(OTHER, [first!])).toBe(0);
      expect(await deadLetters.purge(AGENT, [first!, first!, 'nonsense', 'zzz'])).toBe(1);
      expect(await idsOf(rig)).toEqual([second]);
      expect(await deadLetters.purge(AGENT, [first!])).toBe(0);
      expect(await rig.record(message)).toMatchObject({ state: 'dead_lettered', reason: 'no use' });
    },
  },
  {
    name: 'redelivery passes over the dead letters of other mailboxes',
    async run(rig) {
      await rig.die({ recipients: [OTHER] });
      const ids = await idsOf(rig, OTHER);
      expect(await redeliver(rig, ids)).toEqual([]);
      expect(await idsOf(rig, OTHER)).toEqual(ids);
      expect(rig.engine.mailboxes.depth(AGENT)).toEqual({ messages: 0, bytes: 0 });
    },
  },
  {
    name: 'the total counts dead letters and their bytes, all mailboxes together',
    async run(rig) {
      const { deadLetters } = rig.engine;
      expect(deadLetters.total()).toEqual({ messages: 0, bytes: 0 });
      await rig.die({ envelope: new Uint8Array(10) });
      const one = deadLetters.total();
      await rig.die({ recipients: [OTHER], envelope: new Uint8Array(30) });
      const two = deadLetters.total();
      expect([one.messages, two.messages, two.bytes - one.bytes * 2]).toEqual([1, 2, 20]);
      await deadLetters.purge(OTHER, await idsOf(rig, OTHER));
      expect(deadLetters.total()).toEqual(one);
      await redeliver(rig, await idsOf(rig));
      expect(deadLetters.total()).toEqual({ messages: 0, bytes: 0 });
    },
  },
  {
    name: 'a dead letter of several copies, or with a kept envelope, comes back whole when the others are gone',
    async run(rig) {
      const message = await rig.die({ recipients: [AGENT, OTHER], keep: true, envelope: bytes('shared') });
      await rig.engine.journal.commit({ forget: [message] });
      await rig.engine.deadLetters.purge(OTHER, await idsOf(rig, OTHER));
      await redeliver(rig, await idsOf(rig));
      const lease = await rig.leaseOne();
      expect(text(lease.envelope)).toBe('shared');
      expect((await rig.acknowledge([lease])).stale).toEqual([]);
    },
  },
  {
    name: 'a redelivered message is taken back like any other copy',
    async run(rig) {
      const message = await rig.die();
      await redeliver(rig, await idsOf(rig));
      await rig.withdraw(message);
      expect(await rig.lease()).toEqual([]);
      expect((await rig.records(message)).map(({ state }) => state)).toEqual(['dead_lettered', 'withdrawn']);
    },
  },
];
