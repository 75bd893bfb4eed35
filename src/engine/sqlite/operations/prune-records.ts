import type { Operation } from '../operation.ts';

export interface PruneRequest {
  /** Records accepted before this are forgotten, unless a copy of their message still waits or its envelope is kept. */
  readonly cutoff: number;
  /** Looks at the records after this one. */
  readonly after: number;
  /** At most this many. */
  readonly scan: number;
}

interface Row {
  readonly seq: number;
  readonly accepted_at: number;
  readonly copies: number;
  readonly needed: number;
}

/**
 * Forgets old message records, a bounded step at a time. The reply is the record
 * after which to go on, or 0 at the first one that is too young.
 *
 * The newest record stays whatever its age: sequences go on from it, and one that was
 * used again would give an old delivery id a new meaning. The records of one message stay and go together:
 * they are found through the first.
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
      `SELECT r.seq, r.accepted_at, r.copies, m.seq IS NOT NULL OR e.seq IS NOT NULL AS needed
       FROM messages r LEFT JOIN mail m ON m.seq = r.seq LEFT JOIN envelopes e ON e.seq = r.seq
       WHERE r.seq > ? AND r.seq < ? ORDER BY r.seq LIMIT ?`,
    );
    const selectNeeded = db.prepare(
      `SELECT 1 FROM messages f WHERE seq = ? AND (
         EXISTS (SELECT 1 FROM mail m WHERE m.seq >= f.seq AND m.seq < f.seq + f.copies)
         OR EXISTS (SELECT 1 FROM envelopes e WHERE e.seq = f.seq))`,
    );
    const remove = db.prepare('DELETE FROM messages WHERE seq = ?');
    return (request, reply) => {
      const cutoff = request.number();
      const after = request.number();
      const scan = request.number();
      // The first record of the last message with several of them, and whether they are needed.
      let group = { first: 0, needed: false };
      const isNeeded = ({ seq, copies, needed }: Row): boolean => {
        if (copies === 1) return needed === 1;
        const first = copies > 1 ? seq : seq + copies;
        if (group.first !== first) group = { first, needed: selectNeeded.get(first) !== undefined };
        return group.needed;
      };
      const rows = select.all(after, newest.get()?.seq as number, scan) as unknown[] as Row[];
      for (const row of rows) {
        if (row.accepted_at >= cutoff) return reply.number(0);
        if (!isNeeded(row)) remove.run(row.seq);
        keys.forgotten(row.seq + 1);
      }
      reply.number(rows.length === scan ? (rows.at(-1)?.seq ?? 0) : 0);
    };
  },
  decode: (tape) => tape.number(),
};
