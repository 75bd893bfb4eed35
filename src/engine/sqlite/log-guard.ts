import { DatabaseSync } from 'node:sqlite';
import { SQLITE_LIMITS } from '../../limits.ts';

/**
 * Keeps the log of a database when the connection that writes is closed after a failure.
 *
 * SQLite writes the log back when the last connection to a database is closed, and deletes it. After a sync that failed
 * that is the second try: the pages may be gone from memory, it succeeds without them, and with the log everything goes that was in
 * it. A second connection, which only reads and therefore cannot do the same, makes the first one never the last.
 */
export interface LogGuard {
  /** The database has a log from now on. Safe to call twice. */
  hold(): void;
  /** Lets the next connection that is closed be the last one. */
  release(): void;
}

/**
 * Make it before the connection that it guards: when a thread is ended from outside, Node lets go of what it made in the
 * opposite order.
 */
export function createLogGuard(file: string): LogGuard {
  const reader = new DatabaseSync(file, { open: false, readOnly: true, timeout: SQLITE_LIMITS.busyTimeoutMs });
  return {
    hold() {
      if (reader.isOpen) return;
      reader.open();
      // A connection counts from its first look at the database.
      reader.prepare('SELECT count(*) FROM sqlite_schema').get();
    },
    release() {
      if (reader.isOpen) reader.close();
    },
  };
}
