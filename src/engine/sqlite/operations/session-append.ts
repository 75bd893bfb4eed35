import type { DatabaseSync } from 'node:sqlite';
import type { SessionIndexEntry } from '../../engine.ts';
import { sumOfBody } from '../checksums.ts';
import type { Store } from '../operation.ts';
import type { TapedAppend } from './commit.ts';

/** A session as an append finds it. */
export interface SessionRow {
  readonly ord: number;
  readonly lastSequence: number;
  /** Null while it is under way. */
  readonly endedAt: number | null;
  /** JSON of its index entry. */
  readonly listed: string;
}

export interface SessionAppender {
  find(sessionId: string): SessionRow | undefined;
  /** The caller has checked `expectedSequence` against the session it found. */
  append(append: TapedAppend, session: SessionRow | undefined): void;
}

export function prepareSessionAppend({ db, counters }: Store): SessionAppender {
  const select = db.prepare(
    'SELECT ord, last_sequence AS lastSequence, ended_at AS endedAt, listed FROM sessions WHERE session_id = ?',
  );
  // The events of a session that was forgotten are found by its ord until the last one is deleted.
  const insert = db.prepare(
    `INSERT INTO sessions (ord, session_id, last_sequence, state, ended_at, listed)
     VALUES (1 + max(coalesce((SELECT max(ord) FROM sessions), 0), coalesce((SELECT max(ord) FROM forgotten_sessions), 0)),
       ?, 0, ?, ?, ?)`,
  );
  const advance = db.prepare('UPDATE sessions SET last_sequence = ?, event_bytes = event_bytes + ? WHERE ord = ?');
  const relist = db.prepare('UPDATE sessions SET state = ?, ended_at = ?, listed = ? WHERE ord = ?');
  const event = db.prepare('INSERT INTO events (session, sequence, body, sum) VALUES (?, ?, ?, ?)');
  const snapshot = db.prepare('INSERT OR REPLACE INTO snapshots (session, sequence, body, sum) VALUES (?, ?, ?, ?)');
  const measure = db.prepare('UPDATE sessions SET snapshot_bytes = ? WHERE ord = ?');
  const size = db.prepare('SELECT event_bytes + snapshot_bytes AS bytes FROM sessions WHERE ord = ?');
  const writeMembership = prepareMembership(db);

  const sizeOf = (ord: number): number => size.get(ord)?.bytes as number;
  const make = (sessionId: string, entry: SessionIndexEntry, index: string): number => {
    const ord = Number(insert.run(sessionId, entry.state, entry.endedAt ?? null, index).lastInsertRowid);
    writeMembership(ord, entry);
    return ord;
  };
  return {
    find: (sessionId) => select.get(sessionId) as SessionRow | undefined,
    append({ sessionId, expectedSequence, events, index, snapshot: body }, session) {
      const relisted = session === undefined || (index !== '' && index !== session.listed);
      const entry = relisted ? (JSON.parse(index) as SessionIndexEntry) : undefined;
      // Only what has ended is counted, so that an append to a session that is under way costs nothing more.
      const sizeBefore = session !== undefined && session.endedAt !== null ? sizeOf(session.ord) : 0;
      if (session !== undefined && entry !== undefined) {
        relist.run(entry.state, entry.endedAt ?? null, index, session.ord);
        writeMembership(session.ord, entry);
      }
      const ord = session?.ord ?? make(sessionId, entry as SessionIndexEntry, index);
      let sequence = expectedSequence;
      let bytes = 0;
      for (const body of events) {
        event.run(ord, ++sequence, body, sumOfBody(ord, sequence, body));
        bytes += body.byteLength;
      }
      advance.run(sequence, bytes, ord);
      if (body !== undefined) {
        snapshot.run(ord, sequence, body, sumOfBody(ord, sequence, body));
        measure.run(body.byteLength, ord);
      }
      const hasEnded = entry === undefined ? session?.endedAt !== null : entry.endedAt !== undefined;
      counters.add('ended_session_bytes', (hasEnded ? sizeOf(ord) : 0) - sizeBefore);
    },
  };
}

/** Members and labels are rows of their own, so that `list` can ask for them. */
function prepareMembership(db: DatabaseSync): (ord: number, entry: SessionIndexEntry) => void {
  const dropMembers = db.prepare('DELETE FROM session_members WHERE session = ?');
  const dropLabels = db.prepare('DELETE FROM session_labels WHERE session = ?');
  const addMember = db.prepare('INSERT OR IGNORE INTO session_members (agent_id, session) VALUES (?, ?)');
  const addLabel = db.prepare('INSERT INTO session_labels (session, name, value) VALUES (?, ?, ?)');
  return (ord, entry) => {
    dropMembers.run(ord);
    dropLabels.run(ord);
    for (const member of entry.members) addMember.run(member, ord);
    for (const [name, value] of Object.entries(entry.labels)) addLabel.run(ord, name, value);
  };
}
