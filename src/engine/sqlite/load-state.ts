import type { DatabaseSync } from 'node:sqlite';
import { crashPoint } from '../../lib/crash-point.ts';
import { SQLITE_LIMITS } from '../../limits.ts';
import type { MailboxDepth } from '../engine.ts';
import { newestSequence, takeOverCopy } from './backup/copied.ts';
import { assertSum, damagedRow, RECORD_BYTES, RECORD_LENGTH, sumOfEncodedMessage } from './checksums.ts';
import { createCounters } from './counters.ts';
import type { NewEntry } from './new-entry.ts';
import { returnCode, returnReason } from './return-code.ts';

const epochUncommitted = crashPoint('start.epoch-uncommitted');
const afterEpoch = crashPoint('start.after-epoch');

/** What the main thread goes on from. */
export interface OpenedState {
  /** Counts the runs of the engine on this database, from 1. */
  readonly epoch: number;
  /** The newest sequence in use; new messages get higher ones. */
  readonly lastSequence: number;
  readonly deadLetters: MailboxDepth;
}

/** Some of the waiting mail, without envelopes: rows of numbers, and the names that they point to. */
export interface MailChunk {
  /** `MAIL_COLUMNS` numbers a row, in the order of {@link MailRow}. */
  readonly rows: Float64Array<ArrayBuffer>;
  /** Agent ids that appear for the first time; a row's mailbox counts through those of all chunks. */
  readonly newMailboxes: readonly string[];
}

export interface MailRow extends NewEntry {
  /** Index of the agent id. */
  readonly mailbox: number;
}

const MAIL_COLUMNS = 10;

/** Starts a new epoch, durably. */
export function beginEpoch(db: DatabaseSync): OpenedState {
  db.exec('BEGIN IMMEDIATE');
  const state = startEpoch(db);
  epochUncommitted();
  db.exec('COMMIT');
  afterEpoch();
  return state;
}

/** The part of it that belongs in a transaction; also finds what mail a process that died may have delivered. */
export function startEpoch(db: DatabaseSync): OpenedState {
  takeOverCopy(db);
  const state = db
    .prepare(
      `INSERT INTO state (name, value) VALUES ('epoch', 1)
       ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value AS epoch`,
    )
    .get() as { epoch: number };
  const newest = newestSequence(db);
  db.prepare('UPDATE mailboxes SET in_use = 0, suspect_seq = ? WHERE in_use <> 0').run(newest);
  const counters = createCounters(db);
  const deadLetters = { messages: counters.get('dead_letters'), bytes: counters.get('dead_letter_bytes') };
  return { epoch: state.epoch, lastSequence: newest, deadLetters };
}

/** Rows as arrays, not objects: there may be a million of them. */
type Row = [
  seq: number,
  /** Null where there is no record. */
  recipient: string | null,
  priority: number,
  /** Null where the envelope is gone. */
  size: number | null,
  sum: number | null,
  acceptedAt: number,
  /** Of what is summed of the record beside its numbers. */
  recordBytes: number,
  /** `Rest` as JSON; null if it is `USUAL`, as nearly always: each column of a row costs as much as reading it from the disk. */
  rest: string | null,
];

type Rest = [
  attempts: number,
  returned: number,
  expiresAt: number | null,
  availableAt: number | null,
  tag: number,
  shared: number | null,
  copies: number,
];

const USUAL: Rest = [0, 0, null, null, 0, null, 1];

function restOf(row: Row): Rest {
  const rest = row[7];
  return rest === null ? USUAL : (JSON.parse(rest) as Rest);
}

/** Waiting mail after a sequence, oldest first. `length` reads a blob's size from the head of its row. */
const WAITING_MAIL = `
  SELECT m.seq, r.recipient, m.priority, coalesce(length(m.envelope), length(e.envelope)), r.sum, r.accepted_at,
         ${RECORD_LENGTH},
         CASE WHEN r.attempts = 0 AND r.returned = 0 AND m.expires_at IS NULL AND m.available_at IS NULL
                AND m.tag = 0 AND m.shared IS NULL AND r.copies = 1
              THEN NULL
              ELSE json_array(r.attempts, r.returned, m.expires_at, m.available_at, m.tag, m.shared, r.copies) END
  FROM mail m LEFT JOIN messages r ON r.seq = m.seq LEFT JOIN envelopes e ON e.seq = m.shared
  WHERE m.seq > ? ORDER BY m.seq LIMIT ?`;

/** What is summed of the records of that mail, one after the other: one value for all costs less than a text of each. */
const RECORDS_OF_MAIL = `
  SELECT CAST(group_concat(${RECORD_BYTES}, '') AS BLOB) AS bytes
  FROM mail m CROSS JOIN messages r ON r.seq = m.seq WHERE m.seq > ? AND m.seq <= ?`;

/**
 * Reads all waiting mail, oldest first, and compares it with its checksums. Returns the mailboxes that are suspected
 * without reason: the oldest of their mail came after the crash.
 */
export function loadMail(db: DatabaseSync, emit: (chunk: MailChunk) => void): string[] {
  const waiting = db.prepare(WAITING_MAIL);
  waiting.setReturnArrays(true);
  const records = db.prepare(RECORDS_OF_MAIL);
  const suspects = readSuspects(db);
  const chunks = createMailChunks(suspects, emit);
  let last = 0;
  for (;;) {
    const rows = waiting.all(last, SQLITE_LIMITS.loadStepRows) as unknown as Row[];
    const until = rows.at(-1)?.[0];
    if (until === undefined) break;
    const { bytes } = records.get(last, until) as { bytes: Uint8Array | null };
    let end = 0;
    for (const row of rows) {
      const rest = restOf(row);
      assertWhole(row, rest, last);
      const start = end;
      end += row[6];
      checkSum(row, rest, bytes?.subarray(start, end) ?? NOTHING);
      chunks.add(row, rest);
      last = row[0];
    }
  }
  chunks.flush();
  const suspected = chunks.suspected();
  return [...suspects.keys()].filter((agentId) => !suspected.has(agentId));
}

const NOTHING = new Uint8Array(0);

/** Mailboxes of which some of the mail may have been delivered by a process that died, and up to where. */
function readSuspects(db: DatabaseSync): Map<string, number> {
  const rows = db.prepare('SELECT agent_id, suspect_seq FROM mailboxes WHERE suspect_seq > 0').all();
  return new Map(rows.map(({ agent_id, suspect_seq }) => [agent_id as string, suspect_seq as number]));
}

/** Puts mailboxes above suspicion, durably. */
export function clearSuspicion(db: DatabaseSync, agentIds: readonly string[]): void {
  if (agentIds.length === 0) return;
  const remove = db.prepare('DELETE FROM mailboxes WHERE agent_id = ?');
  db.exec('BEGIN IMMEDIATE');
  for (const agentId of agentIds) remove.run(agentId);
  db.exec('COMMIT');
}

function createMailChunks(suspects: ReadonlyMap<string, number>, emit: (chunk: MailChunk) => void) {
  const suspectCode = returnCode('bus_restarted');
  const capacity = SQLITE_LIMITS.loadChunkRows * MAIL_COLUMNS;
  const indexes = new Map<string, number>();
  /** By the index of the mailbox. */
  const suspectUntil: number[] = [];
  const suspected = new Set<string>();
  const rows = new Float64Array(capacity);
  let used = 0;
  let newMailboxes: string[] = [];
  const indexOf = (recipient: string, sequence: number): number => {
    const known = indexes.get(recipient);
    if (known !== undefined) return known;
    const index = indexes.size;
    indexes.set(recipient, index);
    const until = suspects.get(recipient) ?? 0;
    // This is the oldest of its mail.
    if (sequence <= until) suspected.add(recipient);
    suspectUntil.push(until);
    newMailboxes.push(recipient);
    return index;
  };
  const flush = (): void => {
    if (used > 0) emit({ rows: rows.slice(0, used), newMailboxes });
    used = 0;
    newMailboxes = [];
  };
  return {
    add(row: Row, rest: Rest): void {
      const [sequence, recipient, priority, size] = row;
      const [attempts, returned, expiresAt, availableAt, tag, shared] = rest;
      const index = indexOf(recipient as string, sequence);
      rows[used++] = sequence;
      rows[used++] = index;
      rows[used++] = priority;
      rows[used++] = attempts;
      rows[used++] = sequence <= (suspectUntil[index] as number) ? suspectCode : returned;
      rows[used++] = expiresAt ?? Number.POSITIVE_INFINITY;
      rows[used++] = availableAt ?? 0;
      rows[used++] = tag;
      rows[used++] = shared ?? 0;
      rows[used++] = size as number;
      if (used === capacity) flush();
    },
    flush,
    /** Mailboxes with mail that may have been delivered by a process that died. */
    suspected: (): ReadonlySet<string> => suspected,
  };
}

/** Mail without its record or its envelope would be gone without a word. */
function assertWhole([seq, recipient, , size]: Row, [, , , , , shared]: Rest, last: number): void {
  if (seq <= last) throw damagedRow({ table: 'mail', place: seq });
  // Not found under its own seq: pages that changed places look like rows that are not there.
  if (recipient === null) throw damagedRow({ table: 'messages', place: seq });
  if (size === null) throw damagedRow({ table: shared === null ? 'mail' : 'envelopes', place: shared ?? seq });
}

/** So would mail that went into another's mailbox, or expired before its time. */
function checkSum([seq, , priority, , sum, accepted_at]: Row, rest: Rest, bytes: Uint8Array): void {
  if (sum === null) return;
  const [, , expires_at, available_at, tag, shared, copies] = rest;
  const mail = { priority, expires_at, available_at, tag, shared };
  const actual = sumOfEncodedMessage({ seq, accepted_at, copies, bytes }, mail);
  assertSum(sum, actual, { table: 'messages', place: seq });
}

export function readMailRows({ rows }: MailChunk, each: (row: MailRow) => void): void {
  let place = 0;
  const next = (): number => rows[place++] as number;
  // An object literal is evaluated in the order it is written, which is the order of the columns.
  while (place < rows.length) {
    each({
      sequence: next(),
      mailbox: next(),
      priority: next(),
      attempts: next(),
      returned: returnReason(next()),
      expiresAt: next(),
      availableAt: next(),
      tag: next(),
      shared: next(),
      size: next(),
    });
  }
}
