import { SQLITE_LIMITS } from '../../../limits.ts';
import type { Operation } from '../operation.ts';

export interface GiveBackSpaceRequest {
  /** Free pages that stay for what comes next, however small the rest is. */
  readonly keepPages: number;
  /** The same as a share of the pages that are in use. */
  readonly keepShare: number;
  /** Pages given back at most. */
  readonly stepPages: number;
}

/**
 * Gives free pages back to the file system, a bounded step at a time: pages at the end of the file move into free
 * ones, and the file ends earlier. The reply says how many pages went. The file is shorter after the next checkpoint.
 */
export const giveBackSpace: Operation<GiveBackSpaceRequest, number> = {
  writes: true,
  encode({ keepPages, keepShare, stepPages }, tape) {
    tape.number(keepPages);
    tape.number(keepShare);
    tape.number(stepPages);
  },
  prepare({ db }) {
    const freelistCount = db.prepare('PRAGMA freelist_count');
    const pageCount = db.prepare('PRAGMA page_count');
    const free = (): number => freelistCount.get()?.freelist_count as number;
    return (request, reply) => {
      const keepPages = request.number();
      const keepShare = request.number();
      const stepPages = request.number();
      const before = free();
      const used = (pageCount.get()?.page_count as number) - before;
      const spare = Math.floor(before - Math.max(keepPages, used * keepShare));
      if (spare <= 0) return reply.number(0);
      db.exec(`PRAGMA incremental_vacuum(${Math.min(spare, stepPages)})`);
      reply.number(before - free());
    };
  },
  decode: (tape) => tape.number(),
};

/** Folds the log into the database and empties it, once the batch is done. Does nothing while somebody else reads. */
export const truncateLog: Operation<void, void> = {
  writes: false,
  encode() {},
  prepare({ db, afterBatch }) {
    const truncate = (): void => {
      // Whoever makes a backup is not waited for: messages wait behind this.
      db.exec('PRAGMA busy_timeout = 0');
      db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
      db.exec(`PRAGMA busy_timeout = ${SQLITE_LIMITS.busyTimeoutMs}`);
    };
    return () => afterBatch(truncate);
  },
  decode() {},
};
