import { DatabaseSync } from 'node:sqlite';
import { fromBinary } from '@bufbuild/protobuf';
import { SessionEventSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { MessageName } from '../ledger/message-facts.ts';
import { nameOf } from '../ledger/message-facts.ts';
import type { EventFact } from '../ledger/session-facts.ts';
import { eventFact } from '../workload/session-record.ts';

/** What a restored database says before any bus has opened it. */
export interface Copy {
  /** Every message on record, by name. */
  readonly messages: ReadonlyMap<string, CopiedMessage>;
  /** The events of each session, in order. */
  readonly sessions: ReadonlyMap<string, { readonly sequence: number; readonly fact: EventFact }[]>;
}

export interface CopiedMessage {
  readonly recipient: string;
  readonly state: 'waits' | 'acknowledged' | 'dead' | 'ended';
}

/** Reads it with SQLite alone, past everything that the bus would do with it. */
export function readCopy(file: string): Copy {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    return { messages: readMessages(db), sessions: readSessions(db) };
  } finally {
    db.close();
  }
}

/** A message is acknowledged when it has neither mail nor another end. */
const MESSAGES = `
  SELECT r.sender, r.message_id AS messageId, r.recipient,
    CASE WHEN m.seq IS NOT NULL THEN 'waits' WHEN d.seq IS NOT NULL THEN 'dead'
      WHEN r.outcome IS NOT NULL THEN 'ended' ELSE 'acknowledged' END AS state
  FROM messages r LEFT JOIN mail m USING (seq) LEFT JOIN dead_letters d USING (seq)`;

function readMessages(db: DatabaseSync): Map<string, CopiedMessage> {
  const rows = db.prepare(MESSAGES).all() as unknown as (MessageName & CopiedMessage)[];
  return new Map(rows.map((row) => [nameOf(row), row]));
}

const EVENTS = `
  SELECT s.session_id AS sessionId, e.sequence, e.body FROM events e JOIN sessions s ON s.ord = e.session
  ORDER BY e.session, e.sequence`;

function readSessions(db: DatabaseSync): Copy['sessions'] {
  const sessions = new Map<string, { sequence: number; fact: EventFact }[]>();
  for (const row of db.prepare(EVENTS).iterate()) {
    const { sessionId, sequence, body } = row as { sessionId: string; sequence: number; body: Uint8Array };
    const events = sessions.get(sessionId) ?? [];
    events.push({ sequence, fact: eventFact(fromBinary(SessionEventSchema, body)) });
    sessions.set(sessionId, events);
  }
  return sessions;
}
