import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createBus } from '../../src/bus/create-bus.ts';
import { type Engine, EngineError } from '../../src/engine/engine.ts';
import { createSystemRandom } from '../../src/lib/random.ts';
import { createFakeClock } from '../fake-clock.ts';
import { anybody, notificationsSession } from '../open-bus.ts';
import { openInMemoryEngine } from './in-memory-engine.ts';

// Goal: the bus decides in memory only where it may, and stops when memory and disk disagree.
// Method: a real engine with one thing changed.
const clock = createFakeClock();
let engine: Engine;
beforeEach(async () => {
  engine = await openInMemoryEngine(clock);
});
afterEach(() => engine.close());

const open = (changes: Partial<Engine>, failed: (error: Error) => void = () => {}) =>
  createBus({
    engine: { ...engine, ...changes },
    clock,
    random: createSystemRandom(),
    observer: { failed },
    heartbeatIntervalMs: 15_000,
    taskLeaseMs: 30_000,
  });

describe('createBus', () => {
  test('refuses an engine that other processes write to as well', async () => {
    await expect(open({ exclusive: false })).rejects.toThrow('shares its data');
  });

  test('says that it failed when the disk refuses what memory had decided', async () => {
    const refused = new EngineError('sequence_conflict', 'somebody else wrote');
    const failures: Error[] = [];
    const journal = { ...engine.journal, commit: () => Promise.reject(refused) };
    const bus = await open({ journal }, (error) => failures.push(error));
    await expect(bus.sessions.create(anybody, notificationsSession())).rejects.toBe(refused);
    expect(failures).toEqual([refused]);
    await bus.close();
  });
});
