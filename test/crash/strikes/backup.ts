import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as elapse } from 'node:timers/promises';
import { startBusProcess } from '../../start-bus-process.ts';
import { type BackupMoment, beginMoment } from '../backups/backup-moment.ts';
import { checkCopy } from '../backups/check-copy.ts';
import { readCopy } from '../backups/read-copy.ts';
import { checkDeliveries } from '../backups/receive-all.ts';
import { type CommandEnd, runCommand } from '../backups/run-command.ts';
import type { Choices } from '../choices.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Strike } from '../strike.ts';

/** Longest time that a bus works before the backup begins. */
const LONGEST_WORK_MS = 2_000;
/** Longest time from the beginning of a backup to a kill in the middle of it; most are done before. */
const LONGEST_BACKUP_MS = 1_500;

/**
 * `agentbus backup` beside a bus under work, which is then killed: after the backup, or while it is made. The backup
 * is restored, compared with the ledger, and a bus is started on it, which has to deliver what waits there.
 */
export function backupAndKill(choices: Choices, _kill: number, ledger: Ledger): Strike {
  const folder = mkdtempSync(join(tmpdir(), 'agentbus-crash-backup-'));
  const file = join(folder, 'backup.db');
  const workMs = choices.spread(50, LONGEST_WORK_MS);
  const killsAmid = choices.chance(0.4);
  const amidMs = choices.int(0, LONGEST_BACKUP_MS);
  let moment: BackupMoment | undefined;
  let backup: Promise<CommandEnd> | undefined;
  return {
    name: killsAmid ? 'kill during a backup' : 'kill after a backup',
    async strike(bus) {
      await elapse(workMs);
      const began = beginMoment(ledger);
      moment = began;
      backup = runCommand(['backup', file, '--data-dir', bus.dataDir]).finally(() => {
        began.ended = ledger.tick();
      });
      if (killsAmid) await Promise.race([backup, elapse(amidMs)]);
      else await backup;
      await bus.kill();
    },
    async afterwards() {
      const end = await backup;
      if (end === undefined || moment === undefined) throw new Error('no backup was begun');
      if (end.code === 0) await checkRestored({ folder, file, moment, ledger });
      else reportFailed(ledger, `the backup ended with ${end.code}: ${end.stderr}`);
      rmSync(folder, { recursive: true });
    },
  };
}

interface Restoring {
  readonly folder: string;
  readonly file: string;
  readonly moment: BackupMoment;
  readonly ledger: Ledger;
}

async function checkRestored({ folder, file, moment, ledger }: Restoring): Promise<void> {
  const dataDir = join(folder, 'restored');
  const end = await runCommand(['restore', file, '--data-dir', dataDir]);
  if (end.code !== 0) return reportFailed(ledger, `the backup is not restored, ${end.code}: ${end.stderr}`);
  const copy = readCopy(join(dataDir, 'agentbus.db'));
  const bus = await startBusProcess({ dataDir, env: { AGENT_BUS_LOG_LEVEL: 'warn', AGENT_BUS_TASK_LEASE: '600000' } });
  try {
    const violations = [...checkCopy(copy, moment, ledger), ...(await checkDeliveries(bus, copy, ledger))];
    for (const violation of violations) ledger.report(violation);
  } finally {
    await bus.kill();
  }
}

function reportFailed(ledger: Ledger, text: string): void {
  ledger.report({ kind: 'bus failed', text, subject: 'backup' });
}
