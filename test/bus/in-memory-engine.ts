import type { Engine, EngineLimits } from '../../src/engine/engine.ts';
import { openEngine } from '../../src/engine/open.ts';
import type { Clock } from '../../src/lib/clock.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { STORE_LIMITS } from '../../src/limits.ts';

/** The real engine, keeping nothing, on a clock of the test's choice. */
export function openInMemoryEngine(clock: Clock, limits: Partial<EngineLimits> = {}): Promise<Engine> {
  return openEngine({
    engine: 'sqlite',
    dataDir: ':memory:',
    clock,
    random: createSystemRandom(),
    limits: { ...STORE_LIMITS, ...limits },
    observer: {},
  });
}
