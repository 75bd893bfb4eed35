import type { DatabaseSync } from 'node:sqlite';
import { crashPoint } from '../../lib/crash-point.ts';
import { SQLITE_LIMITS } from '../../limits.ts';
import type { MailboxDepth } from '../engine.ts';
import { newestSequence, takeOverCopy } from './backup/copied.ts';
import { assertSum, damagedRow, sumOfMessage } from './checksums.ts';
import { createCounters } from './counters.ts';
import { returnCode } from './return-code.ts';

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

export interface MailRow {
  readonly sequence: number;
  /** Index of the agent id. */
  readonly mailbox: number;
  readonly priority: number;
  readonly attempts: number;
  /** `returnCode` of why it came back last. */
  readonly returned: number;
  /** Infinity: never. */
  readonly expiresAt: number;
  /** 0: at once. */
  readonly availableAt: number;
  readonly tag: number;
  /** Where its envelope is stored apart from it; 0 if it is not. */
  readonly shared: number;
  /** Bytes of the envelope. */
  readonly size: number;
}

const MAIL_COLUMNS = 10;

/** Starts a new epoch, durably, and finds what mail a process that died may have delivered. */
export function beginEpoch(db: DatabaseSync): OpenedState {
  db.exec('BEGIN IMMEDIATE');
  takeOverCopy(db);
  const state = db
    .prepare(
      `INSERT INTO state (name, value) VALUES ('epoch', 1)
       ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value AS epoch`,
    )
    .get() as { epoch: number };
  const newest = newestSequence(db);
  db.prepare('UPDATE mailboxes SET in_use = 0, suspect_seq = ? WHERE in_use <> 0').run(newest);
  // A mailbox whose oldest mail came after the crash is above suspicion.
  db.exec(
    `DELETE FROM mailboxes WHERE agent_id NOT IN (
       SELECT recipient FROM mail JOIN messages USING (seq) JOIN mailboxes b ON b.agent_id = recipient WHERE seq <= b.suspect_seq)`,
  );
  epochUncommitted();
  db.exec('COMMIT');
  afterEpoch();
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
  attempts: number,
  returned: number,
  expiresAt: number | null,
  availableAt: number | null,
  tag: number,
  shared: number | null,
  /** Null where the envelope is gone. */
  size: number | null,
  suspect: number,
  sum: number | null,
  sender: string,
  messageId: string,
  fingerprint: Uint8Array,
  acceptedAt: number,
  copies: number,
];

/** All waiting mail, oldest first. `length` reads a blob's size from the head of its row. */
const WAITING_MAIL = `
  SELECT m.seq, r.recipient, m.priority, r.attempts, r.returned, m.expires_at, m.available_at, m.tag, m.shared,
         coalesce(length(m.envelope), length(e.envelope)), m.seq <= coalesce(b.suspect_seq, 0),
         r.sum, r.sender, r.message_id, r.fingerprint, r.accepted_at, r.copies
  FROM mail m LEFT JOIN messages r ON r.seq = m.seq LEFT JOIN mailboxes b ON b.agent_id = r.recipient
  LEFT JOIN envelopes e ON e.seq = m.shared
  ORDER BY m.seq`;

export function loadMail(db: DatabaseSync, emit: (chunk: MailChunk) => void): void {
  const indexes = new Map<string, number>();
  const suspectCode = returnCode('bus_restarted');
  const capacity = SQLITE_LIMITS.loadChunkRows * MAIL_COLUMNS;
  let rows = new Float64Array(capacity);
  let used = 0;
  let last = 0;
  let newMailboxes: string[] = [];
  const flush = (): void => {
    if (used > 0) emit({ rows: rows.slice(0, used), newMailboxes });
    rows = new Float64Array(capacity);
    used = 0;
    newMailboxes = [];
  };
  const waiting = db.prepare(WAITING_MAIL);
  waiting.setReturnArrays(true);
  for (const row of waiting.iterate() as Iterable<unknown> as Iterable<Row>) {
    const [sequence, recipient, priority, attempts, returned, expiresAt, availableAt, tag, shared, size, suspect] = row;
    checkLoaded(row);
    if (sequence <= last || recipient === null) throw damagedRow({ table: 'mail', place: sequence });
    last = sequence;
    let index = indexes.get(recipient);
    if (index === undefined) {
      index = indexes.size;
      indexes.set(recipient, index);
      newMailboxes.push(recipient);
    }
    rows[used++] = sequence;
    rows[used++] = index;
    rows[used++] = priority;
    rows[used++] = attempts;
    rows[used++] = suspect === 1 ? suspectCode : returned;
    rows[used++] = expiresAt ?? Number.POSITIVE_INFINITY;
    rows[used++] = availableAt ?? 0;
    rows[used++] = tag;
    rows[used++] = shared ?? 0;
    rows[used++] = size as number;
    if (used === capacity) flush();
  }
  flush();
}

/** Mail that went into another's mailbox, or expired before its time, would be gone without a word. */
function checkLoaded(row: Row): void {
  const [seq, recipient, priority, , , expires_at, available_at, tag, shared, size, , sum, ...rest] = row;
  // Not found under its own seq: pages that changed places look like rows that are not there.
  if (recipient === null) throw damagedRow({ table: 'messages', place: seq });
  if (size === null) throw damagedRow({ table: shared === null ? 'mail' : 'envelopes', place: shared ?? seq });
  const [sender, message_id, fingerprint, accepted_at, copies] = rest;
  if (sum === null) return;
  const record = { seq, sender, message_id, recipient, fingerprint, accepted_at, copies };
  const actual = sumOfMessage(record, { priority, expires_at, available_at, tag, shared });
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
      returned: next(),
      expiresAt: next(),
      availableAt: next(),
      tag: next(),
      shared: next(),
      size: next(),
    });
  }
}
