import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { openEngine } from '../src/engine/open.ts';
import { createKeyRing } from '../src/keys/key-ring.ts';
import { createSystemClock } from '../src/lib/clock.ts';
import { createSystemRandom } from '../src/lib/random.ts';
import { STORE_LIMITS } from '../src/limits.ts';
import { openNode } from '../src/open-node.ts';

// Goal: a node that cannot be opened leaves nothing open.
// Method: a store with a session that nobody can read, opened twice; the lock tells whether the first let go of it.

const clock = createSystemClock();
const random = createSystemRandom();

test('data that cannot be loaded is not kept locked', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-node-'));
  onTestFinished(() => rm(dataDir, { recursive: true }));
  const engine = await openEngine({ engine: 'sqlite', dataDir, clock, random, limits: STORE_LIMITS, observer: {} });
  const index = { state: 'ACTIVE', members: ['codex://a'], labels: {} };
  const append = { sessionId: 'sess_a', expectedSequence: 0, events: [Buffer.from('no event')], index };
  await engine.journal.commit({ append });
  await engine.close();

  const opening = () =>
    openNode({
      engine: 'sqlite',
      dataDir,
      host: '127.0.0.1',
      port: 0,
      maxConnections: 1,
      corsOrigins: [],
      heartbeatIntervalMs: 1_000,
      taskLeaseMs: 30_000,
      keys: createKeyRing([]),
      serverVersion: 'test',
      log: pino({ level: 'silent' }),
      clock,
      random,
      failed: (error) => expect.unreachable(String(error)),
    });
  const error: unknown = await opening().catch((refused: unknown) => refused);
  expect(error).not.toMatchObject({ code: 'locked' });
  await expect(opening()).rejects.toEqual(error);
});
