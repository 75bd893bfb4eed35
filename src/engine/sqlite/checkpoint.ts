import type { DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../limits.ts';

/** How long the log is, in frames. */
export interface LogLength {
  readonly log: number;
  /** Those of them that are in the database as well. */
  readonly checkpointed: number;
}

/** Prepares the question how long the log is. */
export function prepareLogLength(db: DatabaseSync): () => LogLength {
  const look = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  return () => look.get() as unknown as LogLength;
}

/**
 * Prepares what follows every batch: a log that is long enough is written back into the
 * database, and the answer is true. Throws what the disk says.
 *
 * SQLite would do it by itself, within the commit, but says nothing when it fails: the log of a disk that cannot take the
 * database any more would grow until there is no room for it either.
 */
export function prepareCheckpoint(db: DatabaseSync): (length: LogLength) => boolean {
  const writeBack = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  return ({ log, checkpointed }) => {
    if (log < SQLITE_LIMITS.checkpointPages || checkpointed >= log) return false;
    writeBack.get();
    return true;
  };
}
