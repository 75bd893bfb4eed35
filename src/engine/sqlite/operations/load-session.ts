import type { StoredEvent, StoredSession } from '../../engine.ts';
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
    const snapshot = db.prepare('SELECT sequence, body FROM snapshots WHERE session = ?');
    const events = db.prepare('SELECT body FROM events WHERE session = ? AND sequence > ? ORDER BY sequence');
    return (request, reply) => {
      const row = session.get(request.text()) as SessionRow | undefined;
      reply.optionalNumber(row?.last_sequence);
      if (row === undefined) return;
      const newest = snapshot.get(row.ord) as { sequence: number; body: Uint8Array } | undefined;
      const from = newest?.sequence ?? 0;
      reply.number(from);
      if (newest !== undefined) reply.bytes(newest.body);
      for (const event of events.iterate(row.ord, from)) reply.bytes(event.body as Uint8Array);
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

function decodeEvents(tape: TapeReader, from: number, to: number): StoredEvent[] {
  return Array.from({ length: to - from }, (_, index) => ({ sequence: from + index + 1, bytes: tape.ownBytes() }));
}
