import type { Operation } from '../operation.ts';

export interface ForgetRecordsRequest {
  /** Records accepted before this are forgotten, unless a copy of their message still waits or its envelope is kept. */
  readonly cutoff: number;
  /** While there are more than this, younger ones are forgotten too. */
  readonly max: number;
  /** Looks at the records after this one. */
  readonly after: number;
  /** At most this many. */
  readonly scan: number;
}

export interface ForgottenRecords {
  /** The record after which to go on; 0 if all that may go is gone. */
  readonly next: number;
  /** How many went because of their age. */
  readonly byAge: number;
  /** How many went because there were too many. */
  readonly bySize: number;
}

interface Row {
  readonly seq: number;
  readonly accepted_at: number;
  readonly copies: number;
  readonly needed: number;
}

/**
 * Forgets message records, the oldest first, a bounded step at a time.
 *
 * The newest record stays whatever its age: sequences go on from it, and one that was
 * used again would give an old delivery id a new meaning. The records of one message stay and go together:
 * they are found through the first.
 */
export const forgetRecords: Operation<ForgetRecordsRequest, ForgottenRecords> = {
  writes: true,
  encode({ cutoff, max, after, scan }, tape) {
    tape.number(cutoff);
    tape.number(max);
    tape.number(after);
    tape.number(scan);
  },
  prepare({ db, keys, recordCount }) {
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
    const isThere = db.prepare('SELECT 1 FROM messages WHERE seq = ?');
    const remove = db.prepare('DELETE FROM messages WHERE seq = ?');
    return (request, reply) => {
      const cutoff = request.number();
      const max = request.number();
      const after = request.number();
      const scan = request.number();
      let byAge = 0;
      let bySize = 0;
      // The first record of the last message with several of them, and whether they are needed.
      let group = { first: 0, needed: false };
      const isNeeded = ({ seq, copies, needed }: Row): boolean => {
        if (copies === 1) return needed === 1;
        if (copies > 1) group = { first: seq, needed: selectNeeded.get(seq) !== undefined };
        const first = copies > 1 ? seq : seq + copies;
        // A step that begins among the copies of a message goes by what the one before it decided, though the last of its
        // mail may be gone since.
        if (group.first !== first) group = { first, needed: isThere.get(first) !== undefined };
        return group.needed;
      };
      const answer = (next: number): void => {
        recordCount.save();
        reply.number(next);
        reply.number(byAge);
        reply.number(bySize);
      };
      const rows = select.all(after, newest.get()?.seq as number, scan) as unknown[] as Row[];
      for (const row of rows) {
        const isOld = row.accepted_at < cutoff;
        // Decided for the first record of a message, and true of its others.
        if (row.copies > 0 && !isOld && recordCount.get() <= max) return answer(0);
        if (!isNeeded(row)) {
          remove.run(row.seq);
          recordCount.add(-1);
          if (isOld) byAge++;
          else bySize++;
        }
        keys.forgotten(row.seq + 1);
      }
      answer(rows.length === scan ? (rows.at(-1)?.seq ?? 0) : 0);
    };
  },
  decode: (tape) => ({ next: tape.number(), byAge: tape.number(), bySize: tape.number() }),
};
