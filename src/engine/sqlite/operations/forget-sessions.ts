import type { Operation } from '../operation.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';

export interface ForgetSessionsRequest {
  /** Sessions that ended before this are forgotten. */
  readonly cutoff: number;
  /** While the events and snapshots of all ended ones have more bytes than this, younger ones are forgotten too. */
  readonly maxBytes: number;
  /** At most this many. */
  readonly limit: number;
  /** And no more than have snapshots of this many bytes, but always one. */
  readonly stepBytes: number;
}

export interface ForgottenSessions {
  readonly byAge: string[];
  readonly bySize: string[];
  /** Whether there may be more to forget. */
  readonly more: boolean;
}

interface Row {
  readonly ord: number;
  readonly session_id: string;
  readonly ended_at: number;
  readonly event_bytes: number;
  readonly snapshot_bytes: number;
}

/**
 * Forgets ended sessions, those that ended first before the others, a bounded number at a time.
 *
 * Whoever looks for a session finds its row first, so that without it there is none; the events, which may be
 * many, are deleted later. Their ord is written down until the last one is gone: no other session gets it before.
 */
export const forgetSessions: Operation<ForgetSessionsRequest, ForgottenSessions> = {
  writes: true,
  encode({ cutoff, maxBytes, limit, stepBytes }, tape) {
    tape.number(cutoff);
    tape.number(maxBytes);
    tape.number(limit);
    tape.number(stepBytes);
  },
  prepare({ db, counters }) {
    const select = db.prepare(
      `SELECT ord, session_id, ended_at, event_bytes, snapshot_bytes FROM sessions
       WHERE ended_at IS NOT NULL ORDER BY ended_at, ord LIMIT ?`,
    );
    const note = db.prepare('INSERT INTO forgotten_sessions (ord) VALUES (?)');
    const removals = [
      'DELETE FROM sessions WHERE ord = ?',
      'DELETE FROM session_members WHERE session = ?',
      'DELETE FROM session_labels WHERE session = ?',
      'DELETE FROM snapshots WHERE session = ?',
    ].map((sql) => db.prepare(sql));
    return (request, reply) => {
      const cutoff = request.number();
      const maxBytes = request.number();
      const limit = request.number();
      let room = request.number();
      const byAge: string[] = [];
      const bySize: string[] = [];
      const rows = select.all(limit) as unknown[] as Row[];
      let more = rows.length === limit;
      for (const { ord, session_id, ended_at, event_bytes, snapshot_bytes } of rows) {
        const isOld = ended_at < cutoff;
        const mayStay = !isOld && counters.get('ended_session_bytes') <= maxBytes;
        if (mayStay || room <= 0) {
          more = !mayStay;
          break;
        }
        room -= snapshot_bytes;
        note.run(ord);
        for (const remove of removals) remove.run(ord);
        counters.add('ended_session_bytes', -event_bytes - snapshot_bytes);
        (isOld ? byAge : bySize).push(session_id);
      }
      encodeIds(byAge, reply);
      encodeIds(bySize, reply);
      reply.number(more ? 1 : 0);
    };
  },
  decode: (tape) => ({ byAge: decodeIds(tape), bySize: decodeIds(tape), more: tape.number() === 1 }),
};

function encodeIds(ids: readonly string[], tape: TapeWriter): void {
  tape.number(ids.length);
  for (const id of ids) tape.text(id);
}

function decodeIds(tape: TapeReader): string[] {
  return Array.from({ length: tape.number() }, () => tape.text());
}
