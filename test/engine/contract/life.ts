import { expect } from 'vitest';
import type { Engine } from '../../../src/engine/engine.ts';
import type { ContractCase } from './rig.ts';
import { AGENT, bytes, refusal } from './rig.ts';

export const lifeCases: ContractCase[] = [
  {
    name: 'an engine has a name',
    async run({ engine }) {
      expect(engine.name).toMatch(/^[a-z]+$/);
    },
  },
  {
    name: 'writes that were under way resolve before close does',
    async run(rig) {
      const done: string[] = [];
      const writes = Promise.all([rig.send(), rig.append('s', 0)]).then(() => done.push('writes'));
      await rig.engine.close().then(() => done.push('close'));
      await writes;
      expect(done).toEqual(['writes', 'close']);
    },
  },
  {
    name: 'an engine can be closed twice',
    async run({ engine }) {
      await Promise.all([engine.close(), engine.close()]);
      await engine.close();
    },
  },
  {
    name: 'calls after close reject, and leases are returned without a word',
    async run(rig) {
      const message = await rig.send();
      const { deliveryId } = await rig.leaseOne();
      const { engine } = rig;
      await engine.close();
      const calls: ((engine: Engine) => Promise<unknown>)[] = [
        ({ journal }) => journal.commit({ messages: [message] }),
        ({ journal }) => new Promise((resolve, failed) => journal.accept([message], { done: resolve, failed })),
        ({ journal }) => journal.flush(),
        ({ sessions }) => sessions.load('s'),
        ({ sessions }) => sessions.read({ sessionId: 's', after: 0, limit: 1, maxBytes: 1 }),
        ({ sessions }) => sessions.list({ limit: 1 }),
        ({ messages }) => messages.find([message]),
        ({ messages }) => messages.envelope(message),
        ({ mailboxes }) => mailboxes.acknowledge(AGENT, [deliveryId]),
        ({ mailboxes }) => mailboxes.release(AGENT, [deliveryId], { delayMs: 0, because: 'rejected' }),
        ({ mailboxes }) => mailboxes.discard(AGENT, [deliveryId], 'reason'),
        ({ mailboxes }) => mailboxes.extend(AGENT, [deliveryId], 1),
        ({ agents }) => agents.put({ agentId: AGENT, descriptor: bytes('') }),
        ({ agents }) => agents.remove(AGENT),
        ({ agents }) => agents.list({ limit: 1 }),
        ({ metadata }) => metadata.get('name'),
        ({ metadata }) => metadata.put('name', bytes('')),
        ({ metadata }) => metadata.holdsData(),
      ];
      for (const call of calls) await refusal(call(engine), 'closed');
      await refusal(rig.lease(), 'closed');
      engine.mailboxes.releaseHolder(AGENT, 'holder-1', []);
      rig.clock.advance(60 * 60_000);
      expect(rig.observed.failed).toEqual([]);
    },
  },
  {
    name: 'a closed engine leaves no timer behind',
    async run(rig) {
      await rig.send({ expiresAt: rig.clock.now() + 5_000 });
      await rig.leaseOne();
      await rig.engine.close();
      expect(rig.clock.pending).toBe(0);
    },
  },
];
