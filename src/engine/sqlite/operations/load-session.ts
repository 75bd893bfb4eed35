import type { StoredEvent, StoredSession } from '../../engine.ts';
import { assertSum, damagedRow, sumOfBody } from '../checksums.ts';
import type { Operation } from '../operation.ts';
import type { TapeReader } from '../tape.ts';

interface SessionRow {
  readonly ord: number;
  readonly last_sequence: number;
}

/** The newest snapshot of a session with the events after it. */
export const loadSession: Operation<string, StoredSession | undefined> = {
  writes: false,
  encode: (sessionId, tape) => tape.text(sessionId),
  prepare({ db }) {
    const session = db.prepare('SELECT ord, last_sequence FROM sessions WHERE session_id = ?');
    const snapshot = db.prepare('SELECT sequence, body, sum FROM snapshots WHERE session = ?');
    const events = db.prepare(
      'SELECT sequence, body, sum FROM events WHERE session = ? AND sequence > ? ORDER BY sequence',
    );
    return (request, reply) => {
      const row = session.get(request.text()) as SessionRow | undefined;
      reply.optionalNumber(row?.last_sequence);
      if (row === undefined) return;
      const newest = snapshot.get(row.ord) as unknown as BodyRow | undefined;
      const from = newest?.sequence ?? 0;
      reply.number(from);
      if (newest !== undefined) reply.bytes(newest.body);
      if (newest !== undefined) check(newest, { table: 'snapshots', session: row.ord });
      let last = from;
      for (const event of events.iterate(row.ord, from) as Iterable<unknown> as Iterable<BodyRow>) {
        check(event, { table: 'events', session: row.ord });
        // Folded without one of its events, a session would be another one.
        if (event.sequence !== ++last) throw damagedRow({ table: 'events', place: `${row.ord}/${last}` });
        reply.bytes(event.body);
      }
      if (last !== row.last_sequence) throw damagedRow({ table: 'sessions', place: row.ord });
    };
  },
  decode(tape) {
    const lastSequence = tape.optionalNumber();
    if (lastSequence === undefined) return undefined;
    const from = tape.number();
    if (from === 0) return { lastSequence, events: decodeEvents(tape, from, lastSequence) };
    const snapshot = { sequence: from, bytes: tape.ownBytes() };
    return { lastSequence, snapshot, events: decodeEvents(tape, from, lastSequence) };
  },
};

interface BodyRow {
  readonly sequence: number;
  readonly body: Uint8Array;
  readonly sum: number | null;
}

function check({ sequence, body, sum }: BodyRow, { table, session }: { table: string; session: number }): void {
  assertSum(sum, sumOfBody(session, sequence, body), { table, place: `${session}/${sequence}` });
}

function decodeEvents(tape: TapeReader, from: number, to: number): StoredEvent[] {
  return Array.from({ length: to - from }, (_, index) => ({ sequence: from + index + 1, bytes: tape.ownBytes() }));
}
