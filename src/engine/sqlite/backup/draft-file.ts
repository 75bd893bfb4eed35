import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { syncFolder } from '../../../lib/sync-folder.ts';
import { BackupError } from './backup-error.ts';

/**
 * Makes a file that is there whole or not at all: `write` fills a draft beside it, readable by its owner alone, which takes the
 * name when it is durable. Replaces nothing, also if the file came to be meanwhile. A draft that was not finished is removed.
 */
export async function makeFile(file: string, write: (draft: string) => Promise<void>): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`;
  try {
    closeSync(openSync(draft, 'wx', 0o600));
    await write(draft);
    syncFile(draft);
    linkSync(draft, file);
  } catch (error) {
    if (isTaken(error)) throw new BackupError(`${file} exists already; nothing is replaced`);
    throw error;
  } finally {
    // With what SQLite puts beside a database while it writes to it.
    for (const end of ['', '-journal', '-wal', '-shm']) rmSync(`${draft}${end}`, { force: true });
  }
  syncFolder(dirname(file));
}

function syncFile(path: string): void {
  const descriptor = openSync(path, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST';
}
