import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, SENDER } from './rig.ts';

export const tagCases: ContractCase[] = [
  {
    name: 'a lease tells the tag of its message, 0 for one that has none',
    async run(rig) {
      await rig.send({ tag: 65_535 });
      await rig.send();
      expect((await rig.lease()).map(({ tag }) => tag)).toEqual([65_535, 0]);
    },
  },
  {
    name: 'an acknowledgement tells the messages that have a tag, and of each how often it was delivered',
    async run(rig) {
      await rig.send({ messageId: 'a', tag: 3 });
      await rig.send({ messageId: 'b' });
      await rig.send({ messageId: 'c', tag: 5 });
      const [first] = await rig.lease({ limit: 1 });
      await rig.engine.mailboxes.release(AGENT, [first!.deliveryId], { delayMs: 0, because: 'rejected' });
      const [a, b, c] = await rig.lease();
      const ids = [c!.deliveryId, 'nonsense', b!.deliveryId, a!.deliveryId, c!.deliveryId];
      expect(await rig.engine.mailboxes.acknowledge(AGENT, ids)).toEqual({
        stale: ['nonsense', c!.deliveryId],
        tagged: [
          { sender: SENDER, messageId: 'c', tag: 5, attempts: 1 },
          { sender: SENDER, messageId: 'a', tag: 3, attempts: 2 },
        ],
      });
    },
  },
  {
    name: 'an acknowledgement after the lease has ended tells the tag, and the deliveries that ended',
    async run(rig) {
      const { messageId } = await rig.send({ tag: 9 });
      const { deliveryId } = await rig.leaseOne({ leaseMs: 1_000 });
      rig.clock.advance(1_000);
      const { tagged } = await rig.engine.mailboxes.acknowledge(AGENT, [deliveryId]);
      expect(tagged).toEqual([{ sender: SENDER, messageId, tag: 9, attempts: 1 }]);
    },
  },
  {
    name: 'what ends otherwise tells its tag, until nobody listens',
    async run(rig) {
      const { mailboxes, journal } = rig.engine;
      const discarded = await rig.send({ messageId: 'discarded', tag: 1 });
      await rig.send({ messageId: 'expired', tag: 2, expiresAt: rig.clock.now() + 1_000 });
      const withdrawn = await rig.send({ messageId: 'withdrawn', tag: 3 });
      const heard: string[] = [];
      const stop = mailboxes.onEnded(({ messageId }) => heard.push(messageId));
      const [lease] = await rig.lease({ limit: 1 });
      expect(lease?.messageId).toBe(discarded.messageId);
      await mailboxes.discard(AGENT, [lease!.deliveryId], 'no');
      rig.clock.advance(1_000);
      await journal.flush();
      stop();
      stop();
      await rig.withdraw(withdrawn);
      expect(rig.observed.ended.map(({ messageId, state, tag }) => [messageId, state, tag])).toEqual([
        ['discarded', 'dead_lettered', 1],
        ['expired', 'expired', 2],
        ['withdrawn', 'withdrawn', 3],
      ]);
      expect(heard).toEqual(['discarded', 'expired']);
    },
  },
];
