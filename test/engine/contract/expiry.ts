import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, SENDER, texts } from './rig.ts';

export const expiryCases: ContractCase[] = [
  {
    name: 'a message is delivered until it expires, and not from that moment on',
    async run(rig) {
      const message = await rig.send({ expiresAt: rig.clock.now() + 1_000 });
      await rig.send({ messageId: 'stays' });
      rig.clock.advance(999);
      expect(texts(await rig.peek())).toEqual([message.messageId, 'stays']);
      rig.clock.advance(1);
      expect(texts(await rig.peek())).toEqual(['stays']);
    },
  },
  {
    name: 'an expired message leaves its mailbox without being asked for, and the observer hears of it',
    async run(rig) {
      const envelope = new Uint8Array(rig.limits.maxMailboxBytes / 2);
      const room = rig.limits.maxMailboxBytes - 100;
      const message = await rig.send({ expiresAt: rig.clock.now() + 1_000, envelope });
      expect(rig.engine.mailboxes.admit(AGENT, room).ok).toBe(false);
      rig.clock.advance(1_000);
      await rig.engine.journal.flush();
      const { messageId } = message;
      const told = { sender: SENDER, messageId, recipient: AGENT, state: 'expired', tag: 0 };
      const end = { attempts: 0, reason: expect.any(String), endedAt: rig.clock.now() };
      expect(rig.observed.expired).toEqual([{ ...told, ...end }]);
      expect(rig.observed.ended).toEqual(rig.observed.expired);
      expect(await rig.record(message)).toMatchObject({ state: 'expired', attempts: 0, changedAt: rig.clock.now() });
      expect(rig.engine.mailboxes.admit(AGENT, room)).toEqual({ ok: true });
    },
  },
  {
    name: 'a message that has expired when it arrives is accepted and never delivered',
    async run(rig) {
      const message = await rig.send({ expiresAt: rig.clock.now() });
      expect(await rig.lease()).toEqual([]);
      rig.clock.advance(0);
      await rig.engine.journal.flush();
      expect(await rig.record(message)).toMatchObject({ state: 'expired' });
      expect(rig.observed.expired).toHaveLength(1);
    },
  },
  {
    name: 'a message that expires in the hands of its holder can still be acknowledged',
    async run(rig) {
      const message = await rig.send({ expiresAt: rig.clock.now() + 1_000 });
      const { deliveryId } = await rig.leaseOne();
      rig.clock.advance(2_000);
      expect(await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [], tagged: [] });
      expect(await rig.record(message)).toMatchObject({ state: 'acknowledged' });
      expect(rig.observed.expired).toEqual([]);
    },
  },
  {
    name: 'a message that expired in the hands of its holder is gone when it comes back',
    async run(rig) {
      const message = await rig.send({ expiresAt: rig.clock.now() + 1_000 });
      const { deliveryId } = await rig.leaseOne();
      rig.clock.advance(2_000);
      await rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 5_000, because: 'rejected' });
      expect(await rig.record(message)).toMatchObject({ state: 'expired', attempts: 1 });
      rig.clock.advance(5_000);
      expect(await rig.lease()).toEqual([]);
      expect(rig.observed.expired).toHaveLength(1);
    },
  },
  {
    name: 'a message expires while it waits out a delay',
    async run(rig) {
      const message = await rig.send({ expiresAt: rig.clock.now() + 1_000 });
      const { deliveryId } = await rig.leaseOne();
      await rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 5_000, because: 'rejected' });
      rig.clock.advance(1_000);
      await rig.engine.journal.flush();
      expect(await rig.record(message)).toMatchObject({ state: 'expired' });
      rig.clock.advance(5_000);
      expect(await rig.lease()).toEqual([]);
      expect(rig.observed.expired).toHaveLength(1);
    },
  },
];
