import { closeSync, existsSync, fdatasyncSync, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../../limits.ts';
import { DATABASE_FILE, IN_MEMORY } from '../database.ts';
import { BackupError, explained } from './backup-error.ts';
import { markAsCopied } from './copied.ts';
import { makeFile } from './draft-file.ts';
import { openToRead, requireIntact } from './inspect.ts';

export interface BackUpOptions {
  readonly dataDir: string;
  /** Where the backup goes; must not be there. */
  readonly file: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * Copies the data of a bus as it is at one moment, whether or not the bus is running, into one file that was checked and is
 * durable when this resolves to its size in bytes.
 *
 * The bus is not stopped. It writes on beside the copy; what it writes meanwhile stays in its log, which is folded in
 * when the copy is done.
 */
export function backUp(options: BackUpOptions): Promise<number> {
  const { dataDir, file } = options;
  return explained(`cannot back up ${dataDir} to ${file}`, () => makeBackup(options));
}

async function makeBackup({ dataDir, file, at }: BackUpOptions): Promise<number> {
  if (dataDir === IN_MEMORY) throw new BackupError('a bus in memory keeps nothing that could be backed up');
  const source = join(dataDir, DATABASE_FILE);
  if (!existsSync(source)) throw new BackupError(`${dataDir} is no data directory of a bus: there is no ${source}`);
  if (existsSync(file)) throw new BackupError(`${file} exists already; nothing is replaced`);
  const db = openToRead(source);
  try {
    await makeFile(file, async (draft) => {
      await copyPages(db, draft);
      finishCopy(draft, at);
    });
  } finally {
    db.close();
  }
  return statSync(file).size;
}

/**
 * Copies in steps, and syncs after each: a copy that is written to the disk in one go holds up the log of the bus, which
 * has to go to the same disk, for as long as that takes. The open transaction keeps all steps at one moment; without
 * it, every commit of the bus would make the copy start again.
 */
async function copyPages(db: DatabaseSync, draft: string): Promise<void> {
  const descriptor = openSync(draft, 'r+');
  try {
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    await backup(db, draft, { rate: SQLITE_LIMITS.backupStepPages, progress: () => fdatasyncSync(descriptor) });
    db.exec('COMMIT');
  } finally {
    closeSync(descriptor);
  }
}

/** Makes one file of it that needs no log beside it, says that it is a copy, and reads it to the end. */
function finishCopy(draft: string, at: number): void {
  const copy = new DatabaseSync(draft);
  try {
    copy.exec('PRAGMA journal_mode = DELETE');
    markAsCopied(copy, at);
    requireIntact(copy, draft);
  } finally {
    copy.close();
  }
}
