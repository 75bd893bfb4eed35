import { expect, it } from 'vitest';
import { openEngine } from '../../src/engine/open.ts';
import { STORE_LIMITS } from '../../src/limits.ts';
import { createFakeClock } from '../fake-clock.ts';
import { restartCases } from './contract/restart.ts';
import type { Rig } from './contract/rig.ts';
import { AGENT, createRig } from './contract/rig.ts';
import { describeEngineContract } from './contract.ts';
import { openInMemory } from './sqlite-under-test.ts';

describeEngineContract({
  name: 'sqlite in memory',
  open: openInMemory,
  skip: [
    {
      reason: 'an engine in memory keeps nothing when it is closed',
      tests: restartCases.map((one) => one.name),
    },
  ],
});

it('an id of one engine in memory settles nothing in another one', async () => {
  // The first epoch is below the second: by the count of runs the id would be one from before.
  const first = await openWithEpoch(1);
  const second = await openWithEpoch(2);
  await first.send();
  await second.send();
  await second.peek();
  const { deliveryId } = await first.leaseOne();
  expect(await second.engine.mailboxes.acknowledge(AGENT, [deliveryId])).toEqual({ stale: [deliveryId], tagged: [] });
  await first.engine.close();
  await second.engine.close();
});

/** An engine in memory whose randomness consists of one byte. */
async function openWithEpoch(byte: number): Promise<Rig> {
  const random = { next: () => 0, bytes: (count: number) => new Uint8Array(count).fill(byte) };
  return await createRig({
    clock: createFakeClock(),
    limits: STORE_LIMITS,
    async open(options) {
      const engine = await openEngine({ engine: 'sqlite', dataDir: ':memory:', random, ...options });
      return { engine, dispose: () => engine.close() };
    },
    disposeLater() {},
  });
}
