import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, SENDER, texts } from './rig.ts';

export const endingCases: ContractCase[] = [
  {
    name: 'a lease ends by itself when it expires, and not before',
    async run(rig) {
      await rig.send();
      await rig.leaseOne({ leaseMs: 1_000 });
      rig.clock.advance(999);
      expect(await rig.lease()).toEqual([]);
      rig.clock.advance(1);
      expect(await rig.leaseOne()).toMatchObject({ attempt: 2, redeliveredBecause: 'lease_expired' });
    },
  },
  {
    name: 'leases of different lengths end each at its own time',
    async run(rig) {
      for (const messageId of ['a', 'b', 'c']) await rig.send({ messageId });
      await rig.leaseOne({ leaseMs: 3_000 });
      await rig.leaseOne({ leaseMs: 1_000 });
      await rig.leaseOne({ leaseMs: 2_000 });
      const back: string[][] = [];
      for (let second = 1; second <= 3; second++) {
        rig.clock.advance(1_000);
        back.push(texts(await rig.lease({ leaseMs: 60_000 })));
      }
      expect(back).toEqual([['b'], ['c'], ['a']]);
    },
  },
  {
    name: 'many leases that expire together all come back',
    async run(rig) {
      for (let count = 0; count < 40; count++) await rig.send({ envelope: new Uint8Array(1) });
      await rig.lease({ leaseMs: 1_000 });
      rig.clock.advance(1_000);
      expect(await rig.lease()).toHaveLength(40);
    },
  },
  {
    name: 'all messages of a holder are available again before releaseHolder returns, in their old places',
    async run(rig) {
      for (const messageId of ['a', 'b', 'c', 'd']) await rig.send({ messageId });
      await rig.lease({ limit: 1, holder: 'gone' });
      await rig.lease({ limit: 1, holder: 'stays' });
      await rig.lease({ limit: 1, holder: 'gone' });
      rig.engine.mailboxes.releaseHolder(AGENT, 'gone', []);
      const leases = await rig.lease({ holder: 'next' });
      expect(texts(leases)).toEqual(['a', 'c', 'd']);
      expect(leases.map((lease) => lease.attempt)).toEqual([2, 2, 1]);
      expect(leases.map((lease) => lease.redeliveredBecause)).toEqual(['holder_gone', 'holder_gone', undefined]);
    },
  },
  {
    name: 'what never left the bus counts as no delivery',
    async run(rig) {
      const message = await rig.send();
      for (let round = 0; round < rig.limits.maxDeliveries * 2; round++) {
        expect(await rig.leaseOne()).toMatchObject({ attempt: 1 });
        rig.engine.mailboxes.releaseHolder(AGENT, 'holder-1', 'all');
      }
      const lease = await rig.leaseOne();
      expect(lease).not.toHaveProperty('redeliveredBecause');
      expect(await rig.record(message)).toMatchObject({ attempts: 1 });
    },
  },
  {
    name: 'of what a holder held, only what was sent counts as delivered',
    async run(rig) {
      await rig.send({ messageId: 'sent' });
      await rig.send({ messageId: 'queued' });
      const [, queued] = await rig.lease();
      rig.engine.mailboxes.releaseHolder(AGENT, 'holder-1', [queued!.deliveryId]);
      const again = await rig.lease();
      expect(texts(again)).toEqual(['sent', 'queued']);
      expect(again.map(({ attempt }) => attempt)).toEqual([2, 1]);
      expect(again.map(({ redeliveredBecause }) => redeliveredBecause)).toEqual(['holder_gone', undefined]);
    },
  },
  {
    name: 'releasing a holder that holds nothing does nothing',
    async run(rig) {
      rig.engine.mailboxes.releaseHolder(AGENT, 'nobody', []);
      await rig.send();
      await rig.leaseOne();
      rig.engine.mailboxes.releaseHolder('test://somebody-else', 'holder-1', []);
      rig.engine.mailboxes.releaseHolder(AGENT, 'nobody', []);
      expect(await rig.lease()).toEqual([]);
    },
  },
  {
    name: 'a holder that is released before its first lease is made does not come before the next holder',
    async run(rig) {
      for (const messageId of ['a', 'b']) await rig.send({ messageId });
      const gone = rig.lease({ holder: 'gone', limit: 1 });
      rig.engine.mailboxes.releaseHolder(AGENT, 'gone', 'all');
      const next = await rig.lease({ holder: 'next', limit: 1 });
      rig.engine.mailboxes.releaseHolder(AGENT, 'gone', 'all');
      await gone;
      expect(texts(next)).toEqual(['a']);
    },
  },
  {
    name: 'a holder that is released while its lease is being made holds nothing, and its ids are stale',
    async run(rig) {
      await rig.send({ messageId: 'a' });
      await rig.send({ messageId: 'b' });
      // So that the mailbox is in use, and the next lease has nothing to wait for but the messages.
      await rig.peek();
      const gone = rig.lease({ holder: 'gone' });
      rig.engine.mailboxes.releaseHolder(AGENT, 'gone', 'all');
      const next = rig.lease({ holder: 'next' });
      expect(texts(await next)).toEqual(['a', 'b']);
      const late = (await gone).map((lease) => lease.deliveryId);
      expect(await rig.engine.mailboxes.acknowledge(AGENT, late)).toEqual({ stale: late, tagged: [] });
    },
  },
  ...(['lease_expired', 'holder_gone', 'rejected'] as const).map(
    (how): ContractCase => ({
      name: `a message becomes a dead letter when its last delivery ends unacknowledged: ${how}`,
      async run(rig) {
        const { maxDeliveries } = rig.limits;
        const message = await rig.send({ envelope: new Uint8Array(rig.limits.maxMailboxBytes / 2) });
        const room = rig.limits.maxMailboxBytes - 100;
        expect(rig.engine.mailboxes.admit(AGENT, room).ok).toBe(false);
        for (let attempt = 1; attempt <= maxDeliveries; attempt++) {
          expect(rig.observed.deadLettered).toEqual([]);
          const lease = await rig.leaseOne({ leaseMs: 1_000 });
          expect(lease.attempt).toBe(attempt);
          if (how === 'lease_expired') rig.clock.advance(1_000);
          if (how === 'holder_gone') rig.engine.mailboxes.releaseHolder(AGENT, 'holder-1', []);
          if (how === 'rejected')
            await rig.engine.mailboxes.release(AGENT, [lease.deliveryId], { delayMs: 0, because: how });
        }
        expect(await rig.lease()).toEqual([]);
        await rig.engine.journal.flush();
        const { messageId } = message;
        const told = { sender: SENDER, messageId, recipient: AGENT, state: 'dead_lettered', tag: 0 };
        const end = { attempts: maxDeliveries, reason: expect.any(String), endedAt: rig.clock.now() };
        expect(rig.observed.deadLettered).toEqual([{ ...told, ...end }]);
        expect(rig.observed.ended).toEqual(rig.observed.deadLettered);
        const record = await rig.record(message);
        expect(record).toMatchObject({ state: 'dead_lettered', attempts: maxDeliveries });
        expect(record?.reason).toBe(rig.observed.deadLettered[0]?.reason);
        expect(rig.engine.mailboxes.admit(AGENT, room)).toEqual({ ok: true });
      },
    }),
  ),
  {
    name: 'the last delivery can still be acknowledged',
    async run(rig) {
      const message = await rig.send();
      for (let attempt = 1; attempt < rig.limits.maxDeliveries; attempt++) {
        await rig.leaseOne({ leaseMs: 1_000 });
        rig.clock.advance(1_000);
      }
      const last = await rig.leaseOne();
      await rig.engine.mailboxes.acknowledge(AGENT, [last.deliveryId]);
      await rig.engine.journal.flush();
      expect(rig.observed.deadLettered).toEqual([]);
      expect(await rig.record(message)).toMatchObject({ state: 'acknowledged', attempts: rig.limits.maxDeliveries });
    },
  },
];
