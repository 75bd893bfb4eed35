/**
 * Goal: a crash at any point between two states of the bus breaks no promise.
 * Method: each named point once, by SIGKILL from inside the thread that passes it: those that work passes in the crash loop, held to its
 * ledger; the others on data of their own. `npm run crash -- --strike points --each 5` has the long form.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { CrashPointName } from '../../../src/lib/crash-point.ts';
import { startBusProcess } from '../../start-bus-process.ts';
import { createChoices } from '../choices.ts';
import { formatReport } from '../report.ts';
import { createCrashPointStrike, STRUCK_POINTS, strikeAt } from '../strikes/crash-point.ts';
import { runCrashLoop } from '../supervisor.ts';
import { isOfWorkload } from './passage.ts';
import { runScenario } from './run-scenario.ts';

const SEED = 7;
const ofWorkload = STRUCK_POINTS.filter(isOfWorkload);
const others = STRUCK_POINTS.filter((point) => !isOfWorkload(point));

test('a bus under work dies at each point that work passes, and every answer holds', { timeout: 300_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-crash-'));
  const report = await runCrashLoop({
    kills: ofWorkload.length,
    seed: SEED,
    strike: (choices, kill) => strikeAt(ofWorkload[kill - 1] as CrashPointName, choices),
    dataDir,
    log: () => undefined,
  });
  expect(report.violations, formatReport(report)).toEqual([]);
  expect(report.strikes).toEqual(Object.fromEntries(ofWorkload.map((point) => [`crash point ${point}`, 1])));
  await rm(dataDir, { recursive: true });
});

describe('points that come with an update, with decisions about dead letters and with retention', () => {
  const choices = createChoices(SEED);
  test.concurrent.each(others)('%s', { timeout: 120_000 }, async (point) => {
    await runScenario({ point, hit: choices.fork(point).int(1, point.startsWith('start.') ? 1 : 3) });
  });
});

test('a bus that dies otherwise is not taken for one that died at its point', async () => {
  const strike = createCrashPointStrike({ point: 'store.before-commit', hit: 1_000_000 });
  const bus = await startBusProcess({ ...(strike.env && { env: strike.env }) });
  const struck = strike.strike(bus);
  await bus.kill();
  await struck;
  await expect(strike.afterwards?.(bus.dataDir)).rejects.toThrow('the bus was killed, and not at store.before-commit');
  await bus.stop();
});

test('a bus that ends by itself is not taken for one that was killed', async () => {
  const strike = createCrashPointStrike({ point: 'store.before-commit', hit: 1_000_000 });
  const bus = await startBusProcess({ ...(strike.env && { env: strike.env }) });
  const struck = strike.strike(bus);
  bus.child.kill('SIGTERM');
  await expect(struck).rejects.toThrow('was to die at store.before-commit and ended with 0');
  await bus.stop();
});
