import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, bytes, SENDER, text, texts } from './rig.ts';

export const deliveryCases: ContractCase[] = [
  {
    name: 'an empty mailbox and an unknown one give nothing',
    async run(rig) {
      expect(await rig.lease()).toEqual([]);
      await rig.send({ recipients: ['test://somebody-else'] });
      expect(await rig.lease()).toEqual([]);
    },
  },
  {
    name: 'depth counts what is not settled, leased messages included, and totalDepth all mailboxes',
    async run(rig) {
      const { mailboxes } = rig.engine;
      await rig.send({ messageId: 'one' });
      await rig.send({ messageId: 'two', recipients: ['test://somebody-else'] });
      const { deliveryId } = await rig.leaseOne();
      const [mine, theirs] = [mailboxes.depth(AGENT), mailboxes.depth('test://somebody-else')];
      expect([mine.messages, theirs.messages]).toEqual([1, 1]);
      // An engine that seals stores some bytes more than it was given.
      expect(Math.min(mine.bytes, theirs.bytes)).toBeGreaterThanOrEqual(3);
      expect(mailboxes.totalDepth()).toEqual({ messages: 2, bytes: mine.bytes + theirs.bytes });
      await mailboxes.acknowledge(AGENT, [deliveryId]);
      expect(mailboxes.depth(AGENT)).toEqual({ messages: 0, bytes: 0 });
      expect(mailboxes.totalDepth()).toEqual(theirs);
    },
  },
  {
    name: 'a lease tells all there is to know of a message',
    async run(rig) {
      const message = await rig.send({ priority: 3 });
      rig.clock.advance(5);
      const lease = await rig.leaseOne({ leaseMs: 1_000 });
      expect(lease).toMatchObject({
        attempt: 1,
        sender: SENDER,
        messageId: message.messageId,
        priority: 3,
        acceptedAt: message.acceptedAt,
        leaseExpiresAt: rig.clock.now() + 1_000,
      });
      expect(lease).not.toHaveProperty('redeliveredBecause');
      expect(text(lease.envelope)).toBe(message.messageId);
      expect(lease.deliveryId).toMatch(/^[A-Za-z0-9_-]{1,64}$/);
    },
  },
  {
    name: 'oldest first within a priority, higher priority first over the whole backlog',
    async run(rig) {
      for (const [messageId, priority] of [
        ['low', 1],
        ['medium-1', 2],
        ['medium-2', 2],
        ['high', 3],
        ['critical', 4],
      ] as const) {
        await rig.send({ messageId, priority });
      }
      expect(texts(await rig.lease())).toEqual(['critical', 'high', 'medium-1', 'medium-2', 'low']);
    },
  },
  {
    name: 'a class that was passed over as often as the starvation limit goes next',
    async run(rig) {
      const { starvationLimit } = rig.limits;
      await rig.send({ messageId: 'low-1', priority: 1 });
      await rig.send({ messageId: 'low-2', priority: 1 });
      for (let count = 0; count < starvationLimit * 3; count++)
        await rig.send({ messageId: `high-${count}`, priority: 3 });
      const order: string[] = [];
      while (order.length < starvationLimit * 2 + 2) order.push(...texts(await rig.lease({ limit: 3 })));
      expect(order.indexOf('low-1')).toBe(starvationLimit);
      expect(order.indexOf('low-2')).toBe(starvationLimit * 2 + 1);
    },
  },
  {
    name: 'a lease gives at most as many messages as asked for',
    async run(rig) {
      for (let count = 0; count < 5; count++) await rig.send({ messageId: `${count}` });
      expect(texts(await rig.lease({ limit: 2 }))).toEqual(['0', '1']);
      expect(texts(await rig.lease({ limit: 0 }))).toEqual([]);
      expect(texts(await rig.lease())).toEqual(['2', '3', '4']);
    },
  },
  {
    name: 'a lease gives no more bytes than fit, but always one message, and skips none that does not fit',
    async run(rig) {
      await rig.send({ messageId: 'big', envelope: new Uint8Array(500) });
      await rig.send({ messageId: 'bigger', envelope: new Uint8Array(600) });
      await rig.send({ messageId: 'small', envelope: new Uint8Array(1) });
      const ids = async (maxBytes: number): Promise<string[]> =>
        (await rig.lease({ maxBytes })).map((lease) => lease.messageId);
      expect(await ids(400)).toEqual(['big']);
      expect(await ids(400)).toEqual(['bigger']);
      expect(await ids(400)).toEqual(['small']);
      await rig.send({ messageId: 'one', envelope: new Uint8Array(200) });
      await rig.send({ messageId: 'two', envelope: new Uint8Array(200) });
      await rig.send({ messageId: 'three', envelope: new Uint8Array(200) });
      await rig.send({ messageId: 'tiny', envelope: new Uint8Array(1) });
      expect(await ids(500)).toEqual(['one', 'two']);
    },
  },
  {
    name: 'two leases never hold one message, even when they are asked for at once',
    async run(rig) {
      for (let count = 0; count < 20; count++) await rig.send();
      const leases = await Promise.all(
        Array.from({ length: 10 }, (_, index) => rig.lease({ limit: 3, holder: `${index}` })),
      );
      const ids = leases.flat().map((lease) => lease.messageId);
      expect(ids).toHaveLength(20);
      expect(new Set(ids).size).toBe(20);
    },
  },
  {
    name: 'delivery ids never repeat, not even for one message',
    async run(rig) {
      await rig.send();
      await rig.send();
      const seen = new Set<string>();
      for (let round = 0; round < 10; round++) {
        for (const { deliveryId } of await rig.peek()) seen.add(deliveryId);
      }
      expect(seen.size).toBe(20);
    },
  },
  {
    name: 'a message that comes back takes its old place',
    async run(rig) {
      for (const messageId of ['a', 'b', 'c']) await rig.send({ messageId });
      const [a, b] = await rig.lease({ limit: 2 });
      await rig.send({ messageId: 'd' });
      await rig.engine.mailboxes.release(AGENT, [b!.deliveryId], { delayMs: 0, because: 'rejected' });
      await rig.engine.mailboxes.release(AGENT, [a!.deliveryId], { delayMs: 0, because: 'rejected' });
      expect(texts(await rig.lease())).toEqual(['a', 'b', 'c', 'd']);
    },
  },
  {
    name: 'the engine keeps its own view of an envelope that lies in a larger buffer',
    async run(rig) {
      const buffer = bytes('....envelope....'.padEnd(10_000, '.'));
      await rig.send({ envelope: buffer.subarray(4, 12) });
      buffer.fill(0);
      expect(texts(await rig.lease())).toEqual(['envelope']);
    },
  },
  {
    name: 'a caller keeps its buffers',
    async run(rig) {
      const envelope = bytes('mine');
      await rig.send({ envelope });
      await rig.append('s', 0, { snapshotText: 'state' });
      expect(text(envelope)).toBe('mine');
    },
  },
  {
    name: 'subscribers hear of a commit, of a release and of an expired lease, until they stop',
    async run(rig) {
      const { mailboxes } = rig.engine;
      let heard = Promise.withResolvers<void>();
      let calls = 0;
      const stop = mailboxes.subscribe(AGENT, () => {
        calls++;
        heard.resolve();
      });
      expect(calls).toBe(0);
      await Promise.all([rig.send(), heard.promise]);

      heard = Promise.withResolvers();
      const { deliveryId } = await rig.leaseOne();
      await Promise.all([mailboxes.release(AGENT, [deliveryId], { delayMs: 0, because: 'rejected' }), heard.promise]);

      heard = Promise.withResolvers();
      await rig.leaseOne({ leaseMs: 1_000 });
      rig.clock.advance(1_000);
      await heard.promise;

      const before = calls;
      stop();
      stop();
      await rig.send();
      await rig.send({ recipients: ['test://somebody-else'] });
      await rig.engine.journal.flush();
      expect(calls).toBe(before);
    },
  },
  {
    name: 'a subscriber is never called from within subscribe or lease, and hears of its own mailbox only',
    async run(rig) {
      await rig.send();
      let inside = false;
      let calledInside = false;
      let calls = 0;
      inside = true;
      rig.engine.mailboxes.subscribe(AGENT, () => {
        calls++;
        calledInside ||= inside;
      });
      const leases = rig.lease();
      inside = false;
      await leases;
      await rig.send({ recipients: ['test://somebody-else'] });
      await rig.engine.journal.flush();
      expect(calledInside).toBe(false);
      expect(calls).toBe(0);
    },
  },
];
