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
    expect(records.map((record) => record?.state)).toEqual(['acknowledged', 'dead_lettered', 'expired']);
    expect(records[1]).toMatchObject({ reason: 'bad', attempts: 1 });
    await refusal(rig.engine.journal.commit({ message: acknowledged }), 'duplicate_message');
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
    expect(await rig.engine.mailboxes.acknowledge(AGENT, [before.deliveryId])).toEqual({ stale: [before.deliveryId] });
  }),
  ...eitherWay('an id from before settles a message that nobody holds', async (rig, how) => {
    const message = await rig.send();
    const { deliveryId } = await rig.leaseOne();
    await rig.reopen(how);
    expect(await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [] });
    expect(await rig.record(message)).toMatchObject({ state: 'acknowledged' });
  }),
  ...eitherWay('an id from before settles no message that came after', async (rig, how) => {
    await rig.send();
    const { deliveryId } = await rig.leaseOne();
    await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
    rig.clock.advance(rig.limits.dedupeWindowMs * 2);
    await rig.engine.journal.flush();
    await rig.reopen(how);
    await rig.send({ messageId: 'after' });
    expect(await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [deliveryId] });
    expect(texts(await rig.lease())).toEqual(['after']);
  }),
  ...eitherWay('a pending message keeps its record through the window', async (rig, how) => {
    const message = await rig.send();
    await rig.send({ messageId: 'newer' });
    await rig.reopen(how);
    rig.clock.advance(rig.limits.dedupeWindowMs * 2);
    await rig.engine.journal.flush();
    expect(await rig.record(message)).toMatchObject({ state: 'queued' });
  }),
  {
    name: 'crashed: mail of a mailbox that was in use may have been delivered, and says so, uncounted',
    async run(rig) {
      await rig.send({ messageId: 'leased' });
      await rig.send({ messageId: 'waiting' });
      await rig.send({ messageId: 'unused', recipient: 'test://unused' });
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
];
