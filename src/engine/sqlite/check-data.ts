import type { DatabaseSync } from 'node:sqlite';
import { checkDeadLetterRow, checkMailRow, type MailRow, SELECT_MAIL } from './checked-rows.ts';
import { assertSum, recordPart, sumOfBody, sumOfEnvelope, sumOfNamed, sumOfRecord } from './checksums.ts';

/** What a look at all data found. */
export interface DataReport {
  /** Rows that were compared with their checksums. */
  readonly checked: number;
  /** Rows of before there were checksums. */
  readonly unchecked: number;
  /** One line each, the first `MAX_PROBLEMS` of them. */
  readonly problems: readonly string[];
}

const MAX_PROBLEMS = 100;

// biome-ignore lint/suspicious/noExplicitAny: each check names the columns that it reads, of a table that SQL names.
type Row = any;

/** Every row with a checksum, and how it is compared. */
const ROWS: readonly { readonly sql: string; check(row: Row): void }[] = [
  { sql: SELECT_MAIL, check: (row: MailRow) => checkMailRow(row) },
  {
    sql: 'SELECT * FROM messages',
    check: (row) => assertSum(recordPart(row.sum), sumOfRecord(row), { table: 'messages', place: row.seq }),
  },
  {
    sql: 'SELECT * FROM envelopes',
    check: (row) => assertSum(row.sum, sumOfEnvelope(row.seq, row.envelope), { table: 'envelopes', place: row.seq }),
  },
  { sql: 'SELECT * FROM dead_letters', check: (row) => checkDeadLetterRow(row) },
  ...['events', 'snapshots'].map((table) => ({
    sql: `SELECT session, sequence, body, sum FROM ${table}`,
    check: ({ session, sequence, body, sum }: Row) =>
      assertSum(sum, sumOfBody(session, sequence, body), { table, place: `${session}/${sequence}` }),
  })),
  {
    sql: 'SELECT agent_id AS name, descriptor AS value, sum FROM agents',
    check: ({ name, value, sum }) => assertSum(sum, sumOfNamed(name, value), { table: 'agents', place: name }),
  },
  {
    sql: 'SELECT name, value, sum FROM metadata',
    check: ({ name, value, sum }) => assertSum(sum, sumOfNamed(name, value), { table: 'metadata', place: name }),
  },
];

/** What must not be there, as a query for its places. */
const CONTRADICTIONS: readonly { readonly what: string; readonly sql: string }[] = [
  { what: 'mail without a record', sql: 'SELECT seq AS place FROM mail WHERE seq NOT IN (SELECT seq FROM messages)' },
  {
    what: 'mail without an envelope',
    sql: `SELECT m.seq AS place FROM mail m LEFT JOIN envelopes e ON e.seq = m.shared
          WHERE m.envelope IS NULL AND e.seq IS NULL`,
  },
  {
    what: 'an envelope that nobody reads and nobody keeps',
    sql: `SELECT seq AS place FROM envelopes e WHERE kept = 0 AND NOT EXISTS
          (SELECT 1 FROM mail WHERE mail.seq >= e.seq AND mail.seq < e.seq + e.copies)`,
  },
  {
    what: 'a session whose events do not run from 1 to the last',
    sql: `SELECT s.ord AS place FROM sessions s WHERE s.last_sequence <>
            (SELECT count(*) FROM events WHERE session = s.ord AND sequence BETWEEN 1 AND s.last_sequence)
          OR EXISTS (SELECT 1 FROM events WHERE session = s.ord AND sequence > s.last_sequence)`,
  },
  {
    what: 'events of no session',
    sql: `SELECT DISTINCT session AS place FROM events WHERE session NOT IN (SELECT ord FROM sessions)
          AND session NOT IN (SELECT ord FROM forgotten_sessions)`,
  },
  {
    what: 'a session with a wrong count of its bytes',
    sql: `SELECT ord AS place FROM sessions s WHERE
            event_bytes <> (SELECT coalesce(sum(length(body)), 0) FROM events WHERE session = s.ord)
            OR snapshot_bytes <> (SELECT coalesce(sum(length(body)), 0) FROM snapshots WHERE session = s.ord)`,
  },
  {
    what: 'a total that is not what the rows add up to',
    sql: `SELECT name AS place FROM state WHERE value <> CASE name
            WHEN 'dead_letters' THEN (SELECT count(*) FROM dead_letters)
            WHEN 'dead_letter_bytes' THEN (SELECT coalesce(sum(size), 0) FROM dead_letters)
            WHEN 'ended_session_bytes' THEN
              (SELECT coalesce(sum(event_bytes + snapshot_bytes), 0) FROM sessions WHERE ended_at IS NOT NULL)
            WHEN 'records' THEN
              (SELECT count(*) FROM messages
               WHERE seq <= (SELECT value FROM state WHERE name = 'records_counted_until')) END`,
  },
  {
    what: 'a session whose members are not those of its entry',
    sql: `SELECT ord AS place FROM sessions s WHERE
            (SELECT json_group_array(agent_id) FROM (SELECT agent_id FROM session_members WHERE session = s.ord ORDER BY 1)) <>
            (SELECT json_group_array(value) FROM (SELECT DISTINCT value FROM json_each(s.listed, '$.members') ORDER BY 1))`,
  },
  {
    what: 'a session whose labels are not those of its entry',
    sql: `SELECT ord AS place FROM sessions s WHERE
            (SELECT json_group_object(name, value) FROM (SELECT name, value FROM session_labels WHERE session = s.ord ORDER BY 1)) <>
            (SELECT json_group_object(key, value) FROM (SELECT key, value FROM json_each(s.listed, '$.labels') ORDER BY 1))`,
  },
];

/** Reads everything: SQLite's own structures and indexes, every checksum, and what rows say of each other. Changes nothing. */
export function checkData(db: DatabaseSync): DataReport {
  const problems: string[] = [];
  let checked = 0;
  let unchecked = 0;
  const note = (line: string): void => {
    if (problems.length < MAX_PROBLEMS) problems.push(line);
  };
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      note(error instanceof Error ? error.message : String(error));
    }
  };
  attempt(() => {
    for (const row of db.prepare('PRAGMA integrity_check').iterate()) {
      if (row.integrity_check !== 'ok') note(`integrity_check: ${row.integrity_check}`);
    }
  });
  for (const { sql, check } of ROWS) {
    attempt(() => {
      for (const row of db.prepare(sql).iterate() as Iterable<Row>) {
        if (row.sum === null) unchecked++;
        else checked++;
        attempt(() => check(row));
      }
    });
  }
  for (const { what, sql } of CONTRADICTIONS) {
    attempt(() => {
      for (const { place } of db.prepare(sql).iterate()) note(`${what}: ${place}`);
    });
  }
  return { checked, unchecked, problems };
}
