import { DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../limits.ts';
import { EngineError } from '../engine.ts';
import { assertLogWhole } from './log-check.ts';
import { createLogGuard, type LogGuard } from './log-guard.ts';
import { assertNotMissing, assertNotOlder, forgetOldMark } from './log-mark.ts';
import { isOurs, migrate } from './schema.ts';
import { isBrokenFile, sqliteCode } from './sqlite-error.ts';

const NEVER_SHRINKS = 0;
const SQLITE_FULL = 13;

/** Stands for a database that lives and dies with the process. */
export const IN_MEMORY = ':memory:';

/** Name of the database in a data directory. */
export const DATABASE_FILE = 'agentbus.db';

/** The connection that writes. */
export interface Connection {
  readonly db: DatabaseSync;
  /** Closes it in good order. SQLite writes back what is left in the log, and says nothing if it cannot: nothing should be left. */
  close(): void;
  /** Closes it after a failure: what its log has stays there. */
  abandon(): void;
}

/** Opens the database of one data directory, ready to be used. Runs in the worker. */
export function openDatabase(file: string): Connection {
  // Before SQLite looks at it, which passes over what it cannot read.
  if (file !== IN_MEMORY) {
    assertNotMissing(file);
    assertLogWhole(file);
  }
  const guard = file === IN_MEMORY ? undefined : createLogGuard(file);
  const db = new DatabaseSync(file, { timeout: SQLITE_LIMITS.busyTimeoutMs, enableForeignKeyConstraints: false });
  const abandon = (): void => {
    db.close();
    guard?.release();
  };
  const close = (): void => {
    guard?.release();
    db.close();
  };
  try {
    prepare(db, file, guard);
  } catch (error) {
    abandon();
    throw error;
  }
  return { db, close, abandon };
}

function prepare(db: DatabaseSync, file: string, guard: LogGuard | undefined): void {
  // The check comes first: a file that is not ours must be left as it is.
  const ours = isOurs(db);
  if (ours) {
    guard?.hold();
    assertNotOlder(db, file);
    forgetOldMark(db, file);
    emptyLog(db);
  }
  migrate(db, file);
  if (!ours) assertNotOlder(db, file);
  letFileShrink(db);
  configure(db);
  guard?.hold();
}

/**
 * Files of earlier versions only ever grew. To let them shrink they are written anew, once, which needs as much disk
 * again. Where there is none they stay as they are: their free pages are used again, but not given back.
 */
function letFileShrink(db: DatabaseSync): void {
  if (db.prepare('PRAGMA auto_vacuum').get()?.auto_vacuum !== NEVER_SHRINKS) return;
  try {
    db.exec('PRAGMA auto_vacuum = INCREMENTAL');
    db.exec('VACUUM');
  } catch (error) {
    if (sqliteCode(error) !== SQLITE_FULL) throw error;
  }
}

/** What to tell of a database that could not be opened, or not be read to the end. */
export function toOpenError(file: string, error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  const message = `${file}: ${error instanceof Error ? error.message : String(error)}`;
  const facts = { file, sqliteCode: sqliteCode(error) };
  return new EngineError(isBrokenFile(error) ? 'corrupt' : 'failed', message, { facts, cause: error });
}

/** What a log has behind its readable part is told from damage by what one process wrote, see `assertLogWhole`. */
function emptyLog(db: DatabaseSync): void {
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

function configure(db: DatabaseSync): void {
  // Readers (a backup, a look with the command-line tool) and the one writer do not wait for each other.
  db.exec('PRAGMA journal_mode = WAL');
  // After the line above, which resets it: only FULL syncs the log at every commit, and "durable" means that.
  db.exec('PRAGMA synchronous = FULL');
  // Done by `prepareCheckpoint`, which tells when it fails.
  db.exec('PRAGMA wal_autocheckpoint = 0');
  db.exec(`PRAGMA journal_size_limit = ${SQLITE_LIMITS.maxIdleLogBytes}`);
  // A negative size counts KiB.
  db.exec(`PRAGMA cache_size = ${-SQLITE_LIMITS.pageCacheBytes / 1024}`);
  // A damaged page is noticed when it is read, before it is acted on.
  db.exec('PRAGMA cell_size_check = ON');
  // No memory mapping: an I/O error would be a SIGBUS that ends the process without a word.
  db.exec('PRAGMA mmap_size = 0');
  db.exec('PRAGMA temp_store = MEMORY');
  db.exec('PRAGMA trusted_schema = OFF');
}
