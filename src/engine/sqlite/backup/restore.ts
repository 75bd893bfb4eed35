import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../../../lib/make-folder.ts';
import { DATABASE_FILE, IN_MEMORY } from '../database.ts';
import { lockDirectory } from '../lock.ts';
import { BackupError, explained } from './backup-error.ts';
import { copiedAt } from './copied.ts';
import { makeFile } from './draft-file.ts';
import { openToRead, requireIntact } from './inspect.ts';

export interface RestoreOptions {
  /** What `backUp` made. It stays as it is, and can be restored again. */
  readonly file: string;
  /** Made if it is missing; must not hold data, nor be in use. */
  readonly dataDir: string;
  /** Of this process, for whoever finds the directory in use. */
  readonly pid: number;
}

/**
 * Makes a data directory of a backup, durable when this resolves to when the backup was made, in milliseconds since the
 * epoch. Rejects, with no data in the directory, with a BackupError or as `newer_schema`, `corrupt` or `locked`.
 */
export function restore(options: RestoreOptions): Promise<number> {
  const { dataDir, file } = options;
  return explained(`cannot restore ${file} into ${dataDir}`, () => makeDataDir(options));
}

async function makeDataDir({ file, dataDir, pid }: RestoreOptions): Promise<number> {
  if (dataDir === IN_MEMORY) throw new BackupError('a bus in memory keeps nothing: name a directory to restore into');
  if (!existsSync(file)) throw new BackupError(`${file}: there is no such file`);
  const madeAt = requireBackup(file);
  makeFolder(dataDir);
  const lock = lockDirectory(dataDir, pid);
  try {
    requireNoData(dataDir);
    const target = join(dataDir, DATABASE_FILE);
    await makeFile(target, async (draft) => {
      copyFileSync(file, draft);
      checkCopy(draft);
    });
  } finally {
    lock.release();
  }
  return madeAt;
}

/** When the backup was made. */
function requireBackup(file: string): number {
  const db = openToRead(file);
  try {
    const at = copiedAt(db);
    if (at === undefined) {
      throw new BackupError(`${file} is the database of a bus and no backup of one: make one with "agentbus backup"`);
    }
    return at;
  } finally {
    db.close();
  }
}

/** What was copied is looked at, and not what it was copied from: so the copying is checked as well. */
function checkCopy(draft: string): void {
  const db = openToRead(draft);
  try {
    requireIntact(db, draft);
  } finally {
    db.close();
  }
}

function requireNoData(dataDir: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) {
    const found = join(dataDir, `${DATABASE_FILE}${end}`);
    if (existsSync(found)) throw new BackupError(`${dataDir} holds data already (${found}); nothing is replaced`);
  }
}
