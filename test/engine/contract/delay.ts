import { expect } from 'vitest';
import type { ContractCase } from './rig.ts';
import { AGENT, texts } from './rig.ts';

export const delayCases: ContractCase[] = [
  {
    name: 'a message is not delivered before it is available, and then takes its place by acceptance',
    async run(rig) {
      const message = await rig.send({ messageId: 'later', availableAt: rig.clock.now() + 1_000 });
      await rig.send({ messageId: 'sooner' });
      expect(await rig.record(message)).toMatchObject({ state: 'queued', attempts: 0 });
      rig.clock.advance(999);
      expect(texts(await rig.peek())).toEqual(['sooner']);
      rig.clock.advance(1);
      const leases = await rig.lease();
      expect(texts(leases)).toEqual(['later', 'sooner']);
      expect(leases[0]).toMatchObject({ attempt: 1 });
      expect(leases[0]).not.toHaveProperty('redeliveredBecause');
    },
  },
  {
    name: 'a message whose time has come when it arrives is available at once',
    async run(rig) {
      await rig.send({ messageId: 'now', availableAt: rig.clock.now() });
      await rig.send({ messageId: 'past', availableAt: 1 });
      expect(texts(await rig.lease())).toEqual(['now', 'past']);
    },
  },
  {
    name: 'a message that is delayed takes its room, and subscribers hear when it becomes available',
    async run(rig) {
      await rig.send({ availableAt: rig.clock.now() + 1_000 });
      expect(rig.engine.mailboxes.depth(AGENT).messages).toBe(1);
      const heard = Promise.withResolvers<void>();
      rig.engine.mailboxes.subscribe(AGENT, heard.resolve);
      rig.clock.advance(1_000);
      await heard.promise;
      expect(await rig.lease()).toHaveLength(1);
    },
  },
  {
    name: 'a message can expire before it is available',
    async run(rig) {
      const now = rig.clock.now();
      const message = await rig.send({ availableAt: now + 2_000, expiresAt: now + 1_000 });
      rig.clock.advance(3_000);
      await rig.engine.journal.flush();
      expect(await rig.lease()).toEqual([]);
      expect(await rig.record(message)).toMatchObject({ state: 'expired', changedAt: now + 1_000 });
    },
  },
];
