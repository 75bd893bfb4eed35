/**
 * Goal: a backup taken beside a bus under work, which is killed during it or after it, has all that was confirmed before it began,
 * and a bus on it delivers what waits there and nothing else. Method: the crash loop with the strike that takes backups, in
 * short; `npm run crash -- --strike backups --kills 50` has the long form.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createLedger } from '../ledger/ledger.ts';
import { formatReport } from '../report.ts';
import { backupAndKill } from '../strikes/backup.ts';
import { runCrashLoop } from '../supervisor.ts';

test('two backups between kills, and each has what was confirmed', { timeout: 120_000 }, async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'agentbus-crash-'));
  const ledger = createLedger();
  const report = await runCrashLoop({
    kills: 2,
    seed: 3,
    ledger,
    strike: (choices, kill) => backupAndKill(choices, kill, ledger),
    dataDir,
    log: () => undefined,
  });
  expect(report.violations, formatReport(report)).toEqual([]);
  expect(report.counts.kills).toBe(2);
  // There was work for the checks to look at.
  expect(Math.min(report.counts.messagesAccepted, report.counts.acknowledged)).toBeGreaterThan(10);
  await rm(dataDir, { recursive: true });
});
