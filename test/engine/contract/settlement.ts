import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, SENDER, texts } from './rig.ts';

export const settlementCases: ContractCase[] = [
  {
    name: 'an acknowledged message is gone',
    async run(rig) {
      await rig.send();
      const { deliveryId } = await rig.leaseOne();
      expect(await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [], tagged: [] });
      rig.clock.advance(60_000);
      expect(await rig.lease()).toEqual([]);
    },
  },
  {
    name: 'many are acknowledged at once, and only the stale ids are reported',
    async run(rig) {
      for (let count = 0; count < 3; count++) await rig.send();
      const [a, b, c] = await rig.lease();
      await rig.engine.mailboxes.acknowledge(AGENT, [b!.deliveryId]);
      const ids = [a!.deliveryId, b!.deliveryId, 'nonsense', c!.deliveryId, a!.deliveryId];
      const { stale } = await rig.engine.mailboxes.acknowledge(AGENT, ids);
      expect(stale).toEqual([b!.deliveryId, 'nonsense', a!.deliveryId]);
      expect(await rig.engine.mailboxes.acknowledge(AGENT, [])).toEqual({ stale: [], tagged: [] });
    },
  },
  {
    name: 'an id settles its message after the lease has ended, if nobody else holds it',
    async run(rig) {
      const message = await rig.send();
      const { deliveryId } = await rig.leaseOne({ leaseMs: 1_000 });
      rig.clock.advance(1_000);
      expect(await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [], tagged: [] });
      expect(await rig.lease()).toEqual([]);
      expect(await rig.record(message)).toMatchObject({ state: 'acknowledged', attempts: 1 });
    },
  },
  {
    name: 'an id settles a message that waits out the delay of its release',
    async run(rig) {
      await rig.send();
      const { deliveryId } = await rig.leaseOne();
      await rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 5_000, because: 'rejected' });
      expect(await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [], tagged: [] });
      rig.clock.advance(5_000);
      expect(await rig.lease()).toEqual([]);
    },
  },
  {
    name: 'an old id is stale while somebody else holds the message',
    async run(rig) {
      await rig.send();
      const first = await rig.leaseOne({ leaseMs: 1_000 });
      rig.clock.advance(1_000);
      const second = await rig.leaseOne({ holder: 'holder-2' });
      const { mailboxes } = rig.engine;
      const old = [first.deliveryId];
      expect(await mailboxes.acknowledge(AGENT, old)).toEqual({ stale: old, tagged: [] });
      expect(await mailboxes.release(AGENT, old, { delayMs: 0, because: 'rejected' })).toEqual({ stale: old });
      expect(await mailboxes.discard(AGENT, old, 'no')).toEqual({ stale: old });
      expect(await mailboxes.extend(AGENT, old, 1_000)).toEqual({ stale: old });
      expect(await mailboxes.acknowledge(AGENT, [second.deliveryId])).toEqual({ stale: [], tagged: [] });
    },
  },
  {
    name: 'the id of a message that is not leased is stale for everything but an acknowledgement',
    async run(rig) {
      await rig.send();
      const { deliveryId } = await rig.leaseOne({ leaseMs: 1_000 });
      rig.clock.advance(1_000);
      const { mailboxes } = rig.engine;
      const old = [deliveryId];
      expect(await mailboxes.release(AGENT, old, { delayMs: 9, because: 'rejected' })).toEqual({ stale: old });
      expect(await mailboxes.discard(AGENT, old, 'no')).toEqual({ stale: old });
      expect(await mailboxes.extend(AGENT, old, 1_000)).toEqual({ stale: old });
      expect((await rig.leaseOne()).attempt).toBe(2);
    },
  },
  {
    name: 'an id settles nothing in the mailbox of another agent',
    async run(rig) {
      await rig.send();
      await rig.send({ recipients: ['test://somebody-else'] });
      const { deliveryId } = await rig.leaseOne();
      const other = 'test://somebody-else';
      expect(await rig.engine.mailboxes.acknowledge(other, [deliveryId])).toEqual({ stale: [deliveryId], tagged: [] });
      expect(await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [], tagged: [] });
    },
  },
  {
    name: 'a message that was never delivered cannot be settled by a made-up id',
    async run(rig) {
      await rig.send();
      const { deliveryId } = await rig.leaseOne();
      await rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 0, because: 'rejected' });
      const madeUp = [`${deliveryId}0`, deliveryId.replace(/.$/, 'z'), '', '---', 'ä', 'x'.repeat(10_000)];
      expect(await rig.engine.mailboxes.acknowledge(AGENT, madeUp)).toEqual({ stale: madeUp, tagged: [] });
      expect(await rig.lease()).toHaveLength(1);
    },
  },
  {
    name: 'a released message is available at once, or after its delay',
    async run(rig) {
      await rig.send({ messageId: 'now' });
      await rig.send({ messageId: 'later' });
      const [now, later] = await rig.lease();
      const { mailboxes } = rig.engine;
      await mailboxes.release(AGENT, [now!.deliveryId], { delayMs: 0, because: 'rejected' });
      await mailboxes.release(AGENT, [later!.deliveryId], { delayMs: 2_000, because: 'rejected' });
      expect(texts(await rig.lease())).toEqual(['now']);
      rig.clock.advance(1_999);
      expect(await rig.lease()).toEqual([]);
      rig.clock.advance(1);
      const again = await rig.leaseOne();
      expect(again).toMatchObject({ messageId: 'later', attempt: 2, redeliveredBecause: 'rejected' });
    },
  },
  {
    name: 'a release says why the message came back',
    async run(rig) {
      await rig.send();
      const { deliveryId } = await rig.leaseOne();
      await rig.engine.mailboxes.release(AGENT, [deliveryId], { delayMs: 0, because: 'holder_gone' });
      expect((await rig.leaseOne()).redeliveredBecause).toBe('holder_gone');
    },
  },
  {
    name: 'an extended lease holds for so long from now',
    async run(rig) {
      await rig.send();
      const { deliveryId } = await rig.leaseOne({ leaseMs: 1_000 });
      rig.clock.advance(900);
      expect(await rig.engine.mailboxes.extend(AGENT, [deliveryId], 1_000)).toEqual({ stale: [] });
      rig.clock.advance(999);
      expect(await rig.lease()).toEqual([]);
      rig.clock.advance(1);
      expect(await rig.leaseOne()).toMatchObject({ attempt: 2, redeliveredBecause: 'lease_expired' });
    },
  },
  {
    name: 'a lease can be made shorter, and to end earlier than others that were there before',
    async run(rig) {
      await rig.send({ messageId: 'a' });
      await rig.send({ messageId: 'b' });
      const [, b] = await rig.lease({ leaseMs: 10_000 });
      await rig.engine.mailboxes.extend(AGENT, [b!.deliveryId], 100);
      rig.clock.advance(100);
      expect(texts(await rig.lease())).toEqual(['b']);
    },
  },
  {
    name: 'a discarded message is a dead letter, with the reason that was given',
    async run(rig) {
      const message = await rig.send();
      const { deliveryId } = await rig.leaseOne();
      rig.clock.advance(7);
      expect(await rig.engine.mailboxes.discard(AGENT, [deliveryId], 'cannot be parsed')).toEqual({ stale: [] });
      expect(await rig.lease()).toEqual([]);
      const { messageId } = message;
      const told = { sender: SENDER, messageId, recipient: AGENT, state: 'dead_lettered', tag: 0 };
      const end = { attempts: 1, reason: 'cannot be parsed', endedAt: rig.clock.now() };
      expect(rig.observed.deadLettered).toEqual([{ ...told, ...end }]);
      expect(rig.observed.ended).toEqual(rig.observed.deadLettered);
      expect(await rig.record(message)).toMatchObject({
        state: 'dead_lettered',
        attempts: 1,
        reason: 'cannot be parsed',
        changedAt: message.acceptedAt + 7,
      });
    },
  },
];
