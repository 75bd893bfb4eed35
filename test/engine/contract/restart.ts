import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, bytes, refusal, text, texts } from './rig.ts';

const HOWS = ['closed', 'crashed'] as const;

/** What must be so after a clean close and after a crash alike. */
const eitherWay = (
  name: string,
  run: ContractCase['run'] extends (rig: infer R) => unknown
    ? (rig: R, how: (typeof HOWS)[number]) => Promise<void>
    : never,
): ContractCase[] => HOWS.map((how) => ({ name: `${how}: ${name}`, run: (rig) => run(rig, how) }));

export const restartCases: ContractCase[] = [
  ...eitherWay('every commit that resolved is there', async (rig, how) => {
    await rig.append('s', 0, { texts: ['one'], snapshotText: 'state' });
    await rig.append('s', 1, { texts: ['two'] });
    await rig.send({ messageId: 'low', priority: 1 });
    await rig.send({ messageId: 'high', priority: 3 });
    await rig.engine.agents.put({ agentId: AGENT, descriptor: bytes('me') });
    await rig.engine.metadata.put('name', bytes('value'));
    await rig.reopen(how);
    const session = await rig.engine.sessions.load('s');
    expect(text(session!.snapshot!.bytes)).toBe('state');
    expect(session?.events.map((event) => text(event.bytes))).toEqual(['two']);
    expect((await rig.engine.sessions.list({ limit: 10, member: 'test://member' })).sessionIds).toEqual(['s']);
    expect(texts(await rig.lease())).toEqual(['high', 'low']);
    expect(await rig.engine.agents.list({ limit: 10 })).toHaveLength(1);
    expect(text((await rig.engine.metadata.get('name'))!)).toBe('value');
  }),
  ...eitherWay('every message that was accepted together with others is there', async (rig, how) => {
    const known = await rig.send({ messageId: 'known' });
    const messages = [rig.message({ messageId: 'a' }), known, rig.message({ messageId: 'b' })];
    expect((await rig.accept(messages))?.size).toBe(1);
    await rig.reopen(how);
    expect(texts(await rig.lease())).toEqual(['known', 'a', 'b']);
    expect((await rig.accept(messages))?.size).toBe(3);
  }),
  ...eitherWay('what was settled stays settled', async (rig, how) => {
    const acknowledged = await rig.send({ messageId: 'acknowledged' });
    const discarded = await rig.send({ messageId: 'discarded' });
    const expired = await rig.send({ messageId: 'expired', expiresAt: rig.clock.now() + 5_000 });
    const [first, second] = await rig.lease({ limit: 2 });
    await rig.engine.mailboxes.acknowledge(AGENT, [first!.deliveryId]);
    await rig.engine.mailboxes.discard(AGENT, [second!.deliveryId], 'bad');
    rig.clock.advance(5_000);
    await rig.engine.journal.flush();
    await rig.reopen(how);
    expect(await rig.lease()).toEqual([]);
    const records = await rig.engine.messages.find([acknowledged, discarded, expired]);
    expect(records.map(([record]) => record?.state)).toEqual(['acknowledged', 'dead_lettered', 'expired']);
    expect(records[1]?.[0]).toMatchObject({ reason: 'bad', attempts: 1 });
    await refusal(rig.engine.journal.commit({ messages: [acknowledged] }), 'duplicate_message');
  }),
  ...eitherWay('all that was acknowledged together stays settled, and nothing beside it', async (rig, how) => {
    const tags = new Map([[7, 3]]);
    await rig.accept(
      Array.from({ length: 16 }, (_, index) => rig.message({ messageId: `m-${index}`, tag: tags.get(index) ?? 0 })),
    );
    const leases = await rig.lease();
    const left = ['m-2', 'm-12'];
    // In runs, and upside down, with a message between them that has more than its mail to settle.
    const settled = leases.filter(({ messageId }) => !left.includes(messageId));
    const { stale, tagged } = await rig.acknowledge([...settled.slice(0, 9), ...settled.slice(9).reverse()]);
    expect([stale, tagged.map(({ messageId }) => messageId)]).toEqual([[], ['m-7']]);
    await rig.reopen(how);
    expect((await rig.lease()).map(({ messageId }) => messageId)).toEqual(left);
  }),
  ...eitherWay('deliveries whose release has resolved stay counted', async (rig, how) => {
    await rig.send();
    const { deliveryId } = await rig.leaseOne();
    await rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 0, because: 'rejected' });
    await rig.reopen(how);
    expect(await rig.leaseOne()).toMatchObject({ attempt: 2 });
  }),
  ...eitherWay('a mailbox is as full as it was', async (rig, how) => {
    for (let count = 0; count < rig.limits.maxMailboxMessages; count++) await rig.send({ envelope: bytes('x') });
    await rig.reopen(how);
    expect(rig.engine.mailboxes.admit(AGENT, 1).ok).toBe(false);
  }),
  ...eitherWay('a message expires that was accepted before', async (rig, how) => {
    const message = await rig.send({ expiresAt: rig.clock.now() + 1_000 });
    await rig.reopen(how);
    rig.clock.advance(1_000);
    await rig.engine.journal.flush();
    expect(await rig.record(message)).toMatchObject({ state: 'expired' });
    expect(await rig.lease()).toEqual([]);
  }),
  ...eitherWay('delivery ids do not repeat', async (rig, how) => {
    await rig.send();
    const before = await rig.leaseOne();
    await rig.reopen(how);
    const after = await rig.leaseOne();
    expect(after.deliveryId).not.toBe(before.deliveryId);
    expect(await rig.engine.mailboxes.acknowledge(AGENT, [before.deliveryId])).toEqual({
      stale: [before.deliveryId],
      tagged: [],
    });
  }),
  ...eitherWay('an id from before settles a message that nobody holds', async (rig, how) => {
    const message = await rig.send();
    const { deliveryId } = await rig.leaseOne();
    await rig.reopen(how);
    expect(await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [], tagged: [] });
    expect(await rig.record(message)).toMatchObject({ state: 'acknowledged' });
  }),
  ...eitherWay('an id from before settles no message that came after', async (rig, how) => {
    await rig.send();
    const { deliveryId } = await rig.leaseOne();
    await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
    rig.clock.advance(rig.limits.retention.messageAgeMs * 2);
    await rig.engine.journal.flush();
    await rig.reopen(how);
    await rig.send({ messageId: 'after' });
    expect(await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [deliveryId], tagged: [] });
    expect(texts(await rig.lease())).toEqual(['after']);
  }),
  ...eitherWay('a pending message keeps its record through the window', async (rig, how) => {
    const message = await rig.send();
    await rig.send({ messageId: 'newer' });
    await rig.reopen(how);
    rig.clock.advance(rig.limits.retention.messageAgeMs * 2);
    await rig.engine.journal.flush();
    expect(await rig.record(message)).toMatchObject({ state: 'queued' });
  }),
  ...eitherWay('a message is delayed for as long as it was to be', async (rig, how) => {
    await rig.send({ messageId: 'later', availableAt: rig.clock.now() + 2_000 });
    await rig.send({ messageId: 'at once', availableAt: rig.clock.now() + 1_000 });
    rig.clock.advance(500);
    await rig.reopen(how);
    expect(await rig.lease()).toEqual([]);
    rig.clock.advance(500);
    expect(texts(await rig.lease())).toEqual(['at once']);
    await rig.reopen(how);
    rig.clock.advance(1_000);
    expect(texts(await rig.lease())).toContain('later');
  }),
  ...eitherWay(
    'a tag comes back with its message, and with an acknowledgement of an id from before',
    async (rig, how) => {
      const { sender, messageId } = await rig.send({ tag: 513 });
      const { deliveryId } = await rig.leaseOne();
      await rig.reopen(how);
      expect((await rig.peek()).map(({ tag }) => tag)).toEqual([513]);
      const { stale, tagged } = await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
      expect(stale).toEqual([]);
      expect(tagged).toMatchObject([{ sender, messageId, tag: 513 }]);
      expect(tagged[0]?.attempts).toBeGreaterThanOrEqual(1);
    },
  ),
  ...eitherWay('all copies of a message are there, each as it was', async (rig, how) => {
    const recipients = [AGENT, 'test://second', 'test://third', 'test://fourth'];
    const message = await rig.send({ recipients, envelope: bytes('to all') });
    await rig.send({ ...message, recipients: ['test://second'], further: true, envelope: bytes('again') });
    const nowhere = await rig.send({ messageId: 'nowhere', recipients: [] });
    await rig.acknowledge(await rig.lease());
    await rig.withdraw(message, { recipient: 'test://fourth' });
    await rig.reopen(how);
    const records = await rig.records(message);
    expect(records.map(({ state }) => state)).toEqual(['acknowledged', 'queued', 'queued', 'withdrawn', 'queued']);
    expect(records[3]).toMatchObject({ reason: 'not wanted any more' });
    expect(await rig.lease()).toEqual([]);
    expect(texts(await rig.lease({ agentId: 'test://second' }))).toEqual(['to all', 'again']);
    expect(texts(await rig.lease({ agentId: 'test://third' }))).toEqual(['to all']);
    expect(await rig.lease({ agentId: 'test://fourth' })).toEqual([]);
    for (const again of [message, nowhere]) {
      await refusal(rig.engine.journal.commit({ messages: [again] }), 'duplicate_message');
    }
  }),
  ...eitherWay('a kept envelope is there, and a forgotten one is not', async (rig, how) => {
    const kept = await rig.send({ messageId: 'kept', keep: true });
    const settled = await rig.send({ messageId: 'settled', keep: true });
    const forgotten = await rig.send({ messageId: 'forgotten', keep: true });
    const [, second] = await rig.lease();
    await rig.acknowledge([second!]);
    await rig.engine.journal.commit({ forget: [forgotten] });
    await rig.reopen(how);
    const { messages } = rig.engine;
    expect(text((await messages.envelope(kept))!)).toBe('kept');
    expect(text((await messages.envelope(settled))!)).toBe('settled');
    expect(await messages.envelope(forgotten)).toBeUndefined();
    expect(texts(await rig.lease())).toEqual(['kept', 'forgotten']);
  }),
  ...eitherWay('what was taken back stays away, also what was leased, and its room is free', async (rig, how) => {
    const waiting = await rig.send({ messageId: 'waiting' });
    const delayed = await rig.send({ messageId: 'delayed', availableAt: rig.clock.now() + 1_000 });
    const [lease] = await rig.lease();
    await rig.withdraw(waiting);
    await rig.withdraw(delayed);
    await rig.engine.journal.flush();
    await rig.reopen(how);
    rig.clock.advance(60_000);
    expect(await rig.lease()).toEqual([]);
    expect(rig.engine.mailboxes.depth(AGENT)).toEqual({ messages: 0, bytes: 0 });
    expect(await rig.record(waiting)).toMatchObject({ state: 'withdrawn', attempts: 1 });
    expect(await rig.record(delayed)).toMatchObject({ state: 'withdrawn', attempts: 0 });
    expect(await rig.acknowledge([lease!])).toEqual({ stale: [lease!.deliveryId], tagged: [] });
  }),
  ...eitherWay('what waited before can be taken back', async (rig, how) => {
    const message = await rig.send({ recipients: [AGENT, 'test://second'], keep: true });
    await rig.leaseOne();
    await rig.reopen(how);
    await rig.withdraw(message);
    await rig.withdraw(message, { recipient: 'test://second' });
    expect((await rig.records(message)).map(({ state }) => state)).toEqual(['withdrawn', 'withdrawn']);
    expect(rig.engine.mailboxes.totalDepth()).toEqual({ messages: 0, bytes: 0 });
    expect(text((await rig.engine.messages.envelope(message))!)).toBe(message.messageId);
  }),
  ...eitherWay('dead letters are there, those that were purged are not, and the total says so', async (rig, how) => {
    for (const messageId of ['a', 'b', 'c']) await rig.die({ messageId });
    const [a, b, c] = (await rig.deadLetters()).map(({ deadLetterId }) => deadLetterId);
    await rig.engine.deadLetters.purge(AGENT, [b!]);
    const total = rig.engine.deadLetters.total();
    await rig.reopen(how);
    expect(rig.engine.deadLetters.total()).toEqual(total);
    expect((await rig.deadLetters()).map(({ deadLetterId }) => deadLetterId)).toEqual([a, c]);
  }),
  ...eitherWay('a redelivered message waits, and is no dead letter any more', async (rig, how) => {
    const message = await rig.die({ tag: 6 });
    const [deadLetter] = await rig.deadLetters();
    const { deadLetterId } = deadLetter!;
    await rig.engine.deadLetters.redeliver(AGENT, [deadLetterId], { acceptedAt: rig.clock.now(), keepTagBits: 2 });
    await rig.reopen(how);
    expect(await rig.deadLetters()).toEqual([]);
    expect(rig.engine.deadLetters.total()).toEqual({ messages: 0, bytes: 0 });
    expect(await rig.leaseOne()).toMatchObject({ messageId: message.messageId, tag: 2 });
    expect((await rig.records(message)).map(({ state }) => state)).toEqual(['dead_lettered', 'delivered']);
  }),
  ...eitherWay('what has ended is still counted, and forgotten when it is too much', async (rig, how) => {
    const endedAt = rig.clock.now();
    const index = { endedAt, state: 'completed', members: [], labels: {} };
    const half = 'x'.repeat(rig.limits.retention.maxEndedSessionBytes / 2);
    await rig.append('a', 0, { index, texts: [half] });
    await rig.append('b', 0, { index: { ...index, endedAt: endedAt + 1 }, texts: ['small'], snapshotText: half });
    const size = rig.limits.retention.maxDeadLetterBytes / 4;
    for (let count = 0; count < 4; count++) await rig.die({ envelope: new Uint8Array(size) });
    await rig.die({ envelope: bytes('small') });
    await rig.reopen(how);
    await rig.letMinutesPass();
    expect((await rig.engine.sessions.list({ limit: 10 })).sessionIds).toEqual(['b']);
    expect(await rig.deadLetters()).toHaveLength(4);
  }),
  {
    name: 'crashed: mail of a mailbox that was in use may have been delivered, and says so, uncounted',
    async run(rig) {
      await rig.send({ messageId: 'leased' });
      await rig.send({ messageId: 'waiting' });
      await rig.send({ messageId: 'unused', recipients: ['test://unused'] });
      await rig.leaseOne();
      await rig.reopen('crashed');
      const leases = await rig.lease();
      expect(leases.map((lease) => [lease.messageId, lease.attempt, lease.redeliveredBecause])).toEqual([
        ['leased', 1, 'bus_restarted'],
        ['waiting', 1, 'bus_restarted'],
      ]);
      const [unused] = await rig.lease({ agentId: 'test://unused' });
      expect(unused).not.toHaveProperty('redeliveredBecause');
      await rig.send({ messageId: 'later' });
      expect(await rig.leaseOne()).not.toHaveProperty('redeliveredBecause');
    },
  },
  {
    name: 'crashed: the suspicion outlives further restarts for as long as the message waits',
    async run(rig) {
      await rig.send();
      await rig.leaseOne();
      await rig.reopen('crashed');
      await rig.reopen('closed');
      await rig.reopen('crashed');
      expect(await rig.leaseOne()).toMatchObject({ attempt: 1, redeliveredBecause: 'bus_restarted' });
    },
  },
  {
    name: 'crashed, then closed: only what waited at the crash is suspected',
    async run(rig) {
      await rig.send({ messageId: 'before' });
      await rig.leaseOne();
      await rig.reopen('crashed');
      await rig.leaseOne();
      await rig.send({ messageId: 'after' });
      await rig.reopen('closed');
      const leases = await rig.lease();
      expect(leases.map((lease) => [lease.messageId, lease.redeliveredBecause])).toEqual([
        ['before', 'bus_restarted'],
        ['after', undefined],
      ]);
    },
  },
  {
    name: 'closed: messages that nobody has had say nothing of a restart',
    async run(rig) {
      await rig.send({ messageId: 'settled' });
      await rig.send({ messageId: 'waiting' });
      const { deliveryId } = await rig.leaseOne();
      await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
      await rig.reopen('closed');
      const lease = await rig.leaseOne();
      expect(lease.attempt).toBe(1);
      expect(lease).not.toHaveProperty('redeliveredBecause');
    },
  },
  {
    name: 'closed: closing returns all leases, and they count as deliveries',
    async run(rig) {
      await rig.send();
      await rig.leaseOne();
      await rig.reopen('closed');
      expect(await rig.leaseOne()).toMatchObject({ attempt: 2, redeliveredBecause: 'holder_gone' });
    },
  },
  {
    name: 'closed: why a message came back is still known',
    async run(rig) {
      await rig.send();
      await rig.leaseOne({ leaseMs: 1_000 });
      rig.clock.advance(1_000);
      await rig.reopen('closed');
      expect(await rig.leaseOne()).toMatchObject({ attempt: 2, redeliveredBecause: 'lease_expired' });
    },
  },
  {
    name: 'a dead letter that was redelivered before a restart does not claim to be delivered for the first time after it',
    async run(rig) {
      await rig.die();
      const ids = (await rig.deadLetters()).map(({ deadLetterId }) => deadLetterId);
      await rig.engine.deadLetters.redeliver(AGENT, ids, { acceptedAt: rig.clock.now(), keepTagBits: 0 });
      await rig.reopen('closed');
      expect(await rig.leaseOne()).toMatchObject({ attempt: 1, redeliveredBecause: 'rejected' });
    },
  },
];
