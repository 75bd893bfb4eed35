import { expect } from 'vitest';
import type { NewMessage } from '../../../src/engine/engine.ts';
import type { ContractCase, Rig } from './rig.ts';
import { AGENT, bytes, refusal, SENDER, texts } from './rig.ts';

const OTHER = 'test://other';

/** What must be so however the message came to be where it is when it is taken back. */
async function expectWithdrawn(rig: Rig, message: NewMessage, attempts: number): Promise<void> {
  const { messageId } = message;
  const told = { sender: SENDER, messageId, recipient: AGENT, state: 'withdrawn', tag: message.tag ?? 0, attempts };
  expect(rig.observed.ended).toEqual([{ ...told, reason: 'not wanted any more', endedAt: expect.any(Number) }]);
  const record = { state: 'withdrawn', reason: 'not wanted any more', attempts };
  await rig.engine.journal.flush();
  expect(await rig.record(message)).toMatchObject({ ...record, changedAt: rig.observed.ended[0]?.endedAt });
  expect(rig.engine.mailboxes.depth(AGENT)).toEqual({ messages: 0, bytes: 0 });
  // Neither a lease nor a delay nor an expiry brings it back, or ends it a second time.
  rig.clock.advance(60_000);
  await rig.engine.journal.flush();
  expect(await rig.lease()).toEqual([]);
  expect(rig.observed.ended).toHaveLength(1);
  expect([...rig.observed.deadLettered, ...rig.observed.expired]).toEqual([]);
  expect(await rig.record(message)).toMatchObject(record);
}

/** What may happen to a leased message between the call that takes it back and its commit. */
const RACES: Readonly<Record<string, (rig: Rig, deliveryId: string) => Promise<unknown>>> = {
  acknowledged: async (rig, deliveryId) => {
    const settled = rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
    return await settled.then((settlement) => expect(settlement).toEqual({ stale: [deliveryId], tagged: [] }));
  },
  discarded: async (rig, deliveryId) => {
    expect(await rig.engine.mailboxes.discard(AGENT, [deliveryId], 'no')).toEqual({ stale: [deliveryId] });
  },
  'given back': (rig, deliveryId) =>
    rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 0, because: 'rejected' }),
  'given back for later': (rig, deliveryId) =>
    rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 1_000, because: 'rejected' }),
  'given back by the end of its lease': async (rig) => rig.clock.advance(30_000),
  'expired when it was given back': (rig, deliveryId) => {
    rig.clock.advance(20_000);
    return rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 0, because: 'rejected' });
  },
  'left by its holder and asked for by another': async (rig) => {
    rig.engine.mailboxes.releaseHolder(AGENT, 'holder-1', []);
    expect(await rig.lease({ holder: 'next' })).toEqual([]);
  },
};

export const withdrawalCases: ContractCase[] = [
  {
    name: 'a message that waits is taken back: gone from the mailbox, its room free, on record with the reason',
    async run(rig) {
      const message = await rig.send({ tag: 4 });
      await rig.withdraw(message);
      await expectWithdrawn(rig, message, 0);
    },
  },
  {
    name: 'a message that is delayed, by its sender or by a release, is taken back',
    async run(rig) {
      const message = await rig.send({ availableAt: rig.clock.now() + 1_000 });
      await rig.withdraw(message);
      await expectWithdrawn(rig, message, 0);
    },
  },
  {
    name: 'a message that waits out a release is taken back, its deliveries counted',
    async run(rig) {
      const message = await rig.send();
      const { deliveryId } = await rig.leaseOne();
      await rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 5_000, because: 'rejected' });
      await rig.withdraw(message);
      await expectWithdrawn(rig, message, 1);
    },
  },
  {
    name: 'a message that is leased is taken back: its delivery counts, and its ids are stale from then on',
    async run(rig) {
      const message = await rig.send();
      const { deliveryId } = await rig.leaseOne();
      await rig.withdraw(message);
      const ids = [deliveryId];
      const { mailboxes } = rig.engine;
      expect(await mailboxes.acknowledge(AGENT, ids)).toEqual({ stale: ids, tagged: [] });
      expect(await mailboxes.release(AGENT, ids, { delayMs: 0, because: 'rejected' })).toEqual({ stale: ids });
      expect(await mailboxes.discard(AGENT, ids, 'no')).toEqual({ stale: ids });
      expect(await mailboxes.extend(AGENT, ids, 1_000)).toEqual({ stale: ids });
      mailboxes.releaseHolder(AGENT, 'holder-1', []);
      await expectWithdrawn(rig, message, 1);
    },
  },
  {
    name: 'a message that is being leased is taken back: the lease has it no more, or is stale',
    async run(rig) {
      const message = await rig.send();
      await rig.peek();
      const withdrawn = rig.withdraw(message);
      const leases = await rig.lease();
      await withdrawn;
      const ids = leases.map(({ deliveryId }) => deliveryId);
      expect(await rig.acknowledge(leases)).toEqual({ stale: ids, tagged: [] });
      await expectWithdrawn(rig, message, ids.length);
    },
  },
  ...Object.entries(RACES).map(
    ([what, race]): ContractCase => ({
      name: `a message that is taken back while it is ${what} ends once, as withdrawn`,
      async run(rig) {
        const message = await rig.send({ tag: 6, expiresAt: rig.clock.now() + 20_000 });
        const { deliveryId } = await rig.leaseOne();
        await Promise.all([rig.withdraw(message), race(rig, deliveryId)]);
        await expectWithdrawn(rig, message, 1);
      },
    }),
  ),
  {
    name: 'what is being taken back is not handed out once more before that is on disk, and what is behind it is',
    async run(rig) {
      const message = await rig.send();
      await rig.send({ messageId: 'behind' });
      // The first lease of a mailbox takes longer, so it is over before.
      await rig.peek();
      const withdrawn = rig.withdraw(message);
      const leases = await rig.lease({ limit: 1 });
      await withdrawn;
      expect(texts(leases)).toEqual(['behind']);
      expect(await rig.record(message)).toMatchObject({ state: 'withdrawn', attempts: 0 });
    },
  },
  {
    name: 'a subscriber whose lease passed over what is being taken back hears of what is behind it',
    async run(rig) {
      for (const messageId of ['first', 'gone', 'behind']) await rig.send({ messageId });
      await rig.peek();
      const heard = new Promise<void>((resolve) => rig.engine.mailboxes.subscribe(AGENT, resolve));
      const withdrawn = rig.withdraw({ sender: SENDER, messageId: 'gone' });
      const leases = await rig.lease({ limit: 2 });
      await withdrawn;
      expect(texts(leases)).toEqual(['first']);
      await heard;
      expect(texts(await rig.lease())).toEqual(['behind']);
    },
  },
  {
    name: 'what was held back for a withdrawal that is refused is available again, and subscribers hear of it',
    async run(rig) {
      const message = await rig.send();
      await rig.append('s', 0);
      await rig.peek();
      const withdraw = [{ ...message, recipient: AGENT, reason: 'no' }];
      const append = { sessionId: 's', expectedSequence: 5, events: [bytes('late')] };
      const heard = new Promise<void>((resolve) => rig.engine.mailboxes.subscribe(AGENT, resolve));
      const refused = refusal(rig.engine.journal.commit({ append, withdraw }), 'sequence_conflict');
      const leases = await rig.lease();
      await refused;
      if (leases.length === 0) await heard;
      expect([...leases, ...(await rig.lease())].map(({ messageId }) => messageId)).toEqual([message.messageId]);
    },
  },
  {
    name: 'a message on its last delivery that is taken back becomes no dead letter when the delivery ends',
    async run(rig) {
      const message = await rig.send();
      for (let attempt = 1; attempt < rig.limits.maxDeliveries; attempt++) {
        await rig.leaseOne();
        rig.engine.mailboxes.releaseHolder(AGENT, 'holder-1', []);
      }
      await rig.leaseOne();
      const withdrawn = rig.withdraw(message);
      rig.engine.mailboxes.releaseHolder(AGENT, 'holder-1', []);
      await withdrawn;
      await expectWithdrawn(rig, message, rig.limits.maxDeliveries);
    },
  },
  {
    name: 'a message that expires while it is taken back ends once',
    async run(rig) {
      const message = await rig.send({ expiresAt: rig.clock.now() + 1_000 });
      const withdrawn = rig.withdraw(message);
      rig.clock.advance(1_000);
      await withdrawn;
      await expectWithdrawn(rig, message, 0);
    },
  },
  {
    name: 'what is settled already, or was about to be when it was taken back, stays as it is',
    async run(rig) {
      for (const messageId of ['acknowledged', 'discarded', 'waits']) await rig.send({ messageId });
      const [acknowledged, discarded] = await rig.lease();
      const settled = [
        rig.acknowledge([acknowledged!]),
        rig.engine.mailboxes.discard(AGENT, [discarded!.deliveryId], 'no'),
      ];
      const withdraw = ['acknowledged', 'discarded', 'never'].map((messageId) => ({
        ...{ sender: SENDER, messageId, recipient: AGENT, reason: 'late' },
      }));
      await rig.engine.journal.commit({ withdraw });
      await rig.engine.journal.commit({ withdraw });
      expect(await Promise.all(settled)).toEqual([{ stale: [], tagged: [] }, { stale: [] }]);
      const records = await rig.engine.messages.find(withdraw);
      expect(records.map(([record]) => record?.state)).toEqual(['acknowledged', 'dead_lettered', undefined]);
      expect(rig.observed.ended.map(({ messageId }) => messageId)).toEqual(['discarded']);
      expect(rig.engine.mailboxes.depth(AGENT).messages).toBe(1);
    },
  },
  {
    name: 'all copies that one mailbox holds are taken back, and those of other mailboxes are left alone',
    async run(rig) {
      const message = await rig.send({ recipients: [AGENT, OTHER] });
      await rig.send({ ...message, recipients: [AGENT], further: true });
      await rig.send({ messageId: 'another', sender: 'test://another', recipients: [AGENT] });
      await rig.withdraw(message);
      expect((await rig.records(message)).map(({ state }) => state)).toEqual(['withdrawn', 'queued', 'withdrawn']);
      expect(texts(await rig.lease())).toEqual(['another']);
      expect(texts(await rig.lease({ agentId: OTHER }))).toEqual([message.messageId]);
      expect(rig.observed.ended).toHaveLength(2);
    },
  },
  {
    name: 'of one write, copies are taken back before others of the same message are accepted',
    async run(rig) {
      const message = await rig.send();
      const old = await rig.leaseOne();
      const withdraw = [{ ...message, recipient: AGENT, reason: 'again' }];
      await rig.engine.journal.commit({ withdraw, messages: [{ ...message, further: true, envelope: bytes('new') }] });
      expect((await rig.records(message)).map(({ state }) => state)).toEqual(['withdrawn', 'queued']);
      const fresh = await rig.leaseOne();
      expect(texts([fresh])).toEqual(['new']);
      expect(fresh.attempt).toBe(1);
      const ids = [old.deliveryId, fresh.deliveryId];
      expect(await rig.engine.mailboxes.acknowledge(AGENT, ids)).toEqual({ stale: [old.deliveryId], tagged: [] });
    },
  },
  {
    name: 'a write that is refused takes nothing back',
    async run(rig) {
      const message = await rig.send();
      await rig.append('s', 0);
      const withdraw = [{ ...message, recipient: AGENT, reason: 'no' }];
      await refusal(rig.engine.journal.commit({ withdraw, messages: [message] }), 'duplicate_message');
      const append = { sessionId: 's', expectedSequence: 5, events: [bytes('late')] };
      await refusal(rig.engine.journal.commit({ append, withdraw }), 'sequence_conflict');
      expect(rig.observed.ended).toEqual([]);
      expect(await rig.lease()).toHaveLength(1);
    },
  },
  {
    name: 'a record that is asked for before its message is taken back says so of that moment',
    async run(rig) {
      const message = await rig.send();
      const before = rig.record(message);
      const withdrawn = rig.withdraw(message);
      const after = rig.record(message);
      expect(await before).toMatchObject({ state: 'queued' });
      expect(await after).toMatchObject({ state: 'withdrawn' });
      await withdrawn;
    },
  },
  {
    name: 'room is free again once the message is taken back durably, and not before',
    async run(rig) {
      const message = await rig.send({ envelope: new Uint8Array(rig.limits.maxMailboxBytes / 2) });
      const room = rig.limits.maxMailboxBytes - 100;
      const withdrawn = rig.withdraw(message);
      expect(rig.engine.mailboxes.admit(AGENT, room).ok).toBe(false);
      await withdrawn;
      expect(rig.engine.mailboxes.admit(AGENT, room)).toEqual({ ok: true });
    },
  },
];
