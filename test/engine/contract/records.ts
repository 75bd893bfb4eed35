import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, SENDER, text } from './rig.ts';

export const recordCases: ContractCase[] = [
  {
    name: 'records come in the order of the keys, with nothing for what was never accepted',
    async run(rig) {
      const a = await rig.send({ messageId: 'a' });
      const b = await rig.send({ messageId: 'b' });
      const found = await rig.engine.messages.find([b, { sender: SENDER, messageId: 'never' }, a, b]);
      expect(found.map((records) => records.map(({ messageId }) => messageId))).toEqual([['b'], [], ['a'], ['b']]);
    },
  },
  {
    name: 'a record holds what the message was accepted with',
    async run(rig) {
      const message = await rig.send();
      const record = await rig.record(message);
      expect(record).toMatchObject({
        sender: SENDER,
        messageId: message.messageId,
        recipient: AGENT,
        acceptedAt: message.acceptedAt,
        state: 'queued',
        attempts: 0,
        changedAt: message.acceptedAt,
      });
      expect(text(record!.fingerprint)).toBe(text(message.fingerprint));
    },
  },
  {
    name: 'a record follows its message from queue to acknowledgement',
    async run(rig) {
      const message = await rig.send();
      rig.clock.advance(10);
      const { deliveryId } = await rig.leaseOne();
      expect(await rig.record(message)).toMatchObject({
        state: 'delivered',
        attempts: 1,
        changedAt: message.acceptedAt + 10,
      });
      await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
      expect(await rig.record(message)).toMatchObject({ state: 'acknowledged', attempts: 1 });
    },
  },
  {
    name: 'a message that came back is queued again, and its deliveries are counted',
    async run(rig) {
      const message = await rig.send();
      const first = await rig.leaseOne();
      await rig.engine.mailboxes.release(AGENT, [first.deliveryId], { delayMs: 0, because: 'rejected' });
      expect(await rig.record(message)).toMatchObject({ state: 'queued', attempts: 1 });
      const second = await rig.leaseOne();
      expect(await rig.record(message)).toMatchObject({ state: 'delivered', attempts: 2 });
      await rig.engine.mailboxes.acknowledge(AGENT, [second.deliveryId]);
      expect(await rig.record(message)).toMatchObject({ state: 'acknowledged', attempts: 2 });
    },
  },
  {
    name: 'a record is forgotten some time after the window, and the id can be used again',
    async run(rig) {
      const message = await rig.send();
      const { deliveryId } = await rig.leaseOne();
      await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
      await rig.send({ messageId: 'newer' });
      rig.clock.advance(rig.limits.retention.messageAgeMs - 1);
      await rig.engine.journal.flush();
      expect(await rig.record(message)).toBeDefined();
      rig.clock.advance(10 * 60_000);
      await rig.engine.journal.flush();
      expect(await rig.record(message)).toBeUndefined();
      await rig.engine.journal.commit({ messages: [{ ...message, acceptedAt: rig.clock.now() }] });
    },
  },
  {
    name: 'a message that still waits keeps its record, however old',
    async run(rig) {
      const message = await rig.send();
      await rig.send({ messageId: 'newer' });
      rig.clock.advance(rig.limits.retention.messageAgeMs + 10 * 60_000);
      await rig.engine.journal.flush();
      expect(await rig.record(message)).toMatchObject({ state: 'queued' });
    },
  },
];
