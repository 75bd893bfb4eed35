import type { Operation } from '../operation.ts';

export interface DeleteEventsRequest {
  /** At most this many events. */
  readonly limit: number;
  /** And no more than fit this many bytes, but always one. */
  readonly stepBytes: number;
}

interface Row {
  readonly pos: number;
  readonly size: number;
}

/** Deletes events of sessions that were forgotten, a bounded step at a time. The reply says whether some may be left. */
export const deleteEvents: Operation<DeleteEventsRequest, boolean> = {
  writes: true,
  encode({ limit, stepBytes }, tape) {
    tape.number(limit);
    tape.number(stepBytes);
  },
  prepare({ db }) {
    const next = db.prepare('SELECT min(ord) AS ord FROM forgotten_sessions');
    const select = db.prepare(
      'SELECT pos, length(body) AS size FROM events WHERE session = ? ORDER BY sequence LIMIT ?',
    );
    const remove = db.prepare('DELETE FROM events WHERE pos = ?');
    const finish = db.prepare('DELETE FROM forgotten_sessions WHERE ord = ?');
    return (request, reply) => {
      let left = request.number();
      let room = request.number();
      while (left > 0 && room > 0) {
        const ord = next.get()?.ord as number | null;
        if (ord === null) return reply.number(0);
        const rows = select.all(ord, left) as unknown[] as Row[];
        const all = rows.length < left;
        for (const { pos, size } of rows) {
          if (room <= 0) return reply.number(1);
          remove.run(pos);
          room -= size;
        }
        if (all) finish.run(ord);
        // A session without events counts as one, so that a step ends.
        left -= Math.max(rows.length, 1);
      }
      reply.number(1);
    };
  },
  decode: (tape) => tape.number() === 1,
};
