import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { EngineError } from '../engine.ts';
import { sqliteCode } from './sqlite-error.ts';

/** Held while this process has a data directory open. */
export interface DirectoryLock {
  release(): void;
}

const SQLITE_BUSY = 5;

/**
 * Takes a data directory for this process alone, or throws `locked`.
 *
 * The lock is an exclusive transaction on an empty database: SQLite knows how to
 * lock a file on every system, and the system lets go when the process dies, however
 * it dies. A file that only says "locked" would outlive a kill -9.
 *
 * The holder's pid is in a file of its own, because opening and closing the locked
 * one would, by the rules of POSIX, drop the locks of a process that holds it.
 */
export function lockDirectory(dataDir: string, pid: number): DirectoryLock {
  const pidFile = join(dataDir, 'lock.pid');
  const db = new DatabaseSync(join(dataDir, 'lock'), { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (sqliteCode(error) === SQLITE_BUSY) throw lockedError(dataDir, readPid(pidFile), error);
    throw error;
  }
  writeFileSync(pidFile, `${pid}\n`);
  return {
    release() {
      if (!db.isOpen) return;
      rmSync(pidFile, { force: true });
      db.close();
    },
  };
}

function lockedError(dataDir: string, pid: number | undefined, cause: unknown): EngineError {
  const holder = pid === undefined ? 'another process' : `process ${pid}`;
  const facts = pid === undefined ? { dataDir } : { dataDir, pid };
  return new EngineError('locked', `${dataDir} is in use by ${holder}`, { facts, cause });
}

/** Undefined in the moment between the holder's lock and its note of it. */
function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile, 'utf8'), 10);
    return Number.isNaN(pid) ? undefined : pid;
  } catch {
    return undefined;
  }
}
