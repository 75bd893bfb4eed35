import type { DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../limits.ts';

/**
 * Prepares the look at the log that follows every batch: a log that is long enough is written back into the
 * database, and the answer is true. Throws what the disk says.
 *
 * SQLite would do it by itself, within the commit, but says nothing when it fails: the log of a disk that cannot take the
 * database any more would grow until there is no room for it either.
 */
export function prepareCheckpoint(db: DatabaseSync): () => boolean {
  const look = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  const writeBack = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  return () => {
    const { log, checkpointed } = look.get() as { log: number; checkpointed: number };
    if (log < SQLITE_LIMITS.checkpointPages || checkpointed >= log) return false;
    writeBack.get();
    return true;
  };
}
