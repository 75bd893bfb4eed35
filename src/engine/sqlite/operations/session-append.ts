import type { DatabaseSync } from 'node:sqlite';
import type { SessionIndexEntry } from '../../engine.ts';
import type { TapedAppend } from './commit.ts';

/** A session as an append finds it. */
export interface SessionRow {
  readonly ord: number;
  readonly lastSequence: number;
  /** JSON of its index entry. */
  readonly listed: string;
}

export interface SessionAppender {
  find(sessionId: string): SessionRow | undefined;
  /** The caller has checked `expectedSequence` against the session it found. */
  append(append: TapedAppend, session: SessionRow | undefined): void;
}

export function prepareSessionAppend(db: DatabaseSync): SessionAppender {
  const select = db.prepare('SELECT ord, last_sequence AS lastSequence, listed FROM sessions WHERE session_id = ?');
  const insert = db.prepare(
    'INSERT INTO sessions (session_id, last_sequence, state, ended, listed) VALUES (?, 0, ?, ?, ?)',
  );
  const advance = db.prepare('UPDATE sessions SET last_sequence = ? WHERE ord = ?');
  const relist = db.prepare('UPDATE sessions SET state = ?, ended = ?, listed = ? WHERE ord = ?');
  const event = db.prepare('INSERT INTO events (session, sequence, body) VALUES (?, ?, ?)');
  const snapshot = db.prepare('INSERT OR REPLACE INTO snapshots (session, sequence, body) VALUES (?, ?, ?)');
  const writeMembership = prepareMembership(db);

  const writeIndex = (sessionId: string, session: SessionRow | undefined, index: string): number => {
    const entry = JSON.parse(index) as SessionIndexEntry;
    const ended = entry.ended ? 1 : 0;
    if (session === undefined) {
      const ord = Number(insert.run(sessionId, entry.state, ended, index).lastInsertRowid);
      writeMembership(ord, entry);
      return ord;
    }
    relist.run(entry.state, ended, index, session.ord);
    writeMembership(session.ord, entry);
    return session.ord;
  };
  return {
    find: (sessionId) => select.get(sessionId) as SessionRow | undefined,
    append({ sessionId, expectedSequence, events, index, snapshot: body }, session) {
      const unchanged = session !== undefined && (index === '' || index === session.listed);
      const ord = unchanged ? session.ord : writeIndex(sessionId, session, index);
      let sequence = expectedSequence;
      for (const bytes of events) event.run(ord, ++sequence, bytes);
      advance.run(sequence, ord);
      if (body !== undefined) snapshot.run(ord, sequence, body);
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
