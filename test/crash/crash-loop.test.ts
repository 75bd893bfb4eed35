/**
 * Goal: what a bus has answered survives kill -9 at any moment; and the loop that says so notices when it does not.
 * Method: the crash loop in short, on the real program, and on the same program with a store that lies. `npm run crash` has
 * the long form.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ViolationKind } from './ledger/violation.ts';
import { formatReport } from './report.ts';
import { killAtWork, randomKill } from './strikes/random-kill.ts';
import { runCrashLoop } from './supervisor.ts';

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-crash-'));
});
afterEach(() => rm(dataDir, { recursive: true }));

const log = (): void => undefined;

test('ten kills, and every answer holds', { timeout: 120_000 }, async () => {
  const report = await runCrashLoop({ kills: 10, seed: 7, strike: randomKill, dataDir, log });
  expect(report.violations, formatReport(report)).toEqual([]);
  expect(report.counts.kills).toBe(10);
  // The clients did what the checks are about.
  const { messagesAccepted, acknowledged, redeliveries, duplicatesAnswered, sessionEvents } = report.counts;
  expect(Math.min(messagesAccepted, acknowledged, redeliveries, duplicatesAnswered, sessionEvents)).toBeGreaterThan(0);
});

/** What comes of a message that was accepted and is gone: it is missed, or its id is free for another. */
const LOST: ViolationKind[] = ['message lost', 'repeat not recognized', 'reused id accepted', 'message altered'];
const WENT_BACK: ViolationKind[] = ['session went back', 'sequence broken', 'event changed', 'call failed'];

test.each<[fault: string, kinds: ViolationKind[]]>([
  ['early acknowledgement', ['acknowledged message redelivered']],
  ['early commit', [...LOST, ...WENT_BACK]],
  ['lost message', LOST],
  ['no marks', ['unmarked duplicate']],
])('a store with the fault "%s" is found out', { timeout: 120_000 }, async (fault, kinds) => {
  const main = new URL('./programs/broken-bus.ts', import.meta.url).pathname;
  const env = { AGENTBUS_FAULT: fault };
  const strike = (choices: Parameters<typeof killAtWork>[0]) => killAtWork(choices, 500);
  const report = await runCrashLoop({ kills: 3, seed: 7, strike, dataDir, log, main, env });
  expect(kinds, formatReport(report)).toContain(report.violations[0]?.kind);
});
