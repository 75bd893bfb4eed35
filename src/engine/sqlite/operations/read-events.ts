import type { SessionReadQuery, StoredEvent } from '../../engine.ts';
import { assertSum, sumOfBody } from '../checksums.ts';
import type { Operation } from '../operation.ts';

interface Row {
  readonly session: number;
  readonly sequence: number;
  readonly body: Uint8Array;
  readonly sum: number | null;
}

/** Events of one session above a sequence, ascending, bounded in number and bytes. */
export const readEvents: Operation<SessionReadQuery, StoredEvent[]> = {
  writes: false,
  encode({ sessionId, after, limit, maxBytes }, tape) {
    tape.text(sessionId);
    tape.number(after);
    tape.number(limit);
    tape.number(maxBytes);
  },
  prepare({ db }) {
    const select = db.prepare(
      `SELECT session, sequence, body, sum FROM events
       WHERE session = (SELECT ord FROM sessions WHERE session_id = ?) AND sequence > ? ORDER BY sequence LIMIT ?`,
    );
    return (request, reply) => {
      const rows = select.iterate(
        request.text(),
        request.number(),
        request.number(),
      ) as Iterable<unknown> as Iterable<Row>;
      let room = request.number();
      let first = true;
      for (const { session, sequence, body, sum } of rows) {
        room -= body.byteLength;
        if (room < 0 && !first) break;
        first = false;
        assertSum(sum, sumOfBody(session, sequence, body), { table: 'events', place: `${session}/${sequence}` });
        reply.number(sequence);
        reply.bytes(body);
      }
      reply.number(END);
    };
  },
  decode(tape) {
    const events: StoredEvent[] = [];
    for (let sequence = tape.number(); sequence !== END; sequence = tape.number()) {
      events.push({ sequence, bytes: tape.ownBytes() });
    }
    return events;
  },
};

/** Follows the last event; sequences start at 1. */
const END = 0;
