import type { Operation } from '../operation.ts';

export interface PruneRequest {
  /** Records accepted before this are forgotten, unless their message still waits. */
  readonly cutoff: number;
  /** Looks at the records after this one. */
  readonly after: number;
  /** At most this many. */
  readonly scan: number;
}

interface Row {
  readonly seq: number;
  readonly accepted_at: number;
  readonly waits: number;
}

/**
 * Forgets old message records, a bounded step at a time. The reply is the record
 * after which to go on, or 0 at the first one that is too young.
 *
 * The newest record stays whatever its age: sequences go on from it, and one that was
 * used again would give an old delivery id a new meaning.
 */
export const pruneRecords: Operation<PruneRequest, number> = {
  writes: true,
  encode({ cutoff, after, scan }, tape) {
    tape.number(cutoff);
    tape.number(after);
    tape.number(scan);
  },
  prepare({ db, keys }) {
    const newest = db.prepare('SELECT coalesce(max(seq), 0) AS seq FROM messages');
    const select = db.prepare(
      `SELECT r.seq, r.accepted_at, m.seq IS NOT NULL AS waits
       FROM messages r LEFT JOIN mail m ON m.seq = r.seq WHERE r.seq > ? AND r.seq < ? ORDER BY r.seq LIMIT ?`,
    );
    const remove = db.prepare('DELETE FROM messages WHERE seq = ?');
    return (request, reply) => {
      const cutoff = request.number();
      const after = request.number();
      const scan = request.number();
      const rows = select.all(after, newest.get()?.seq as number, scan) as unknown[] as Row[];
      for (const row of rows) {
        if (row.accepted_at >= cutoff) return reply.number(0);
        if (row.waits === 0) remove.run(row.seq);
        keys.forgotten(row.seq + 1);
      }
      reply.number(rows.length === scan ? (rows.at(-1)?.seq ?? 0) : 0);
    };
  },
  decode: (tape) => tape.number(),
};
