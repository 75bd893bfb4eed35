import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { sumOfEnvelope, sumOfMessage } from '../../src/engine/sqlite/checksums.ts';
import { DATABASE_FILE, openDatabase } from '../../src/engine/sqlite/database.ts';
import { createRecordCount } from '../../src/engine/sqlite/record-count.ts';
import { createRecordKeys } from '../../src/engine/sqlite/record-keys.ts';

/** What a store holds before anybody uses it. */
export interface StoreContent {
  /** Messages that wait, 256 bytes each. */
  readonly pending: number;
  /** Mailboxes that they are spread over, in turn. */
  readonly mailboxes: number;
  /** Records of messages that were acknowledged: what a dedupe window remembers. */
  readonly remembered: number;
}

const ENVELOPE_BYTES = 256;
const FINGERPRINT_BYTES = 32;
/** As many as the store takes in one transaction under load, within an order of magnitude. */
const ROWS_PER_TRANSACTION = 10_000;
const DAY_MS = 24 * 3_600_000;

/** The agent whose mailbox has a part of the waiting mail. */
export function backlogAgent(index: number): string {
  return `bench://backlog-${index}`;
}

/**
 * Makes a store as a bus would have left it: the same rows with the same checksums and keys, written by SQL and without a
 * sync, because ten million messages through a bus take minutes.
 */
export function fillStore(dataDir: string, content: StoreContent): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { db, close } = openDatabase(join(dataDir, DATABASE_FILE));
  db.exec('PRAGMA synchronous = OFF');
  const keys = createRecordKeys(db);
  const counted = createRecordCount(db);
  const write = prepareRows(db);
  const total = content.remembered + content.pending;
  const startedAt = Date.now() - DAY_MS / 2;
  for (let from = 1; from <= total; from += ROWS_PER_TRANSACTION) {
    db.exec('BEGIN IMMEDIATE');
    const until = Math.min(from + ROWS_PER_TRANSACTION - 1, total);
    for (let sequence = from; sequence <= until; sequence++) {
      const waits = sequence > content.remembered;
      const mailbox = sequence % content.mailboxes;
      const key = { sender: `bench://sender-${sequence % 64}`, messageId: `stored-${sequence}` };
      write({ ...key, sequence, recipient: backlogAgent(mailbox), acceptedAt: startedAt + sequence / 1_000, waits });
      keys.add(key, sequence);
    }
    counted.add(until - from + 1);
    keys.settle();
    if (until === total) counted.save();
    db.exec('COMMIT');
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
  }
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  close();
}

interface Row {
  readonly sequence: number;
  readonly sender: string;
  readonly messageId: string;
  readonly recipient: string;
  readonly acceptedAt: number;
  readonly waits: boolean;
}

function prepareRows(db: DatabaseSync): (row: Row) => void {
  const record = db.prepare(
    `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, copies, sum)
     VALUES (?, ?, ?, ?, ?, ?, 1, ?)`,
  );
  const mail = db.prepare('INSERT INTO mail (seq, priority, tag, envelope, sum) VALUES (?, ?, 0, ?, ?)');
  const envelope = new Uint8Array(ENVELOPE_BYTES).fill(7);
  const fingerprint = new Uint8Array(FINGERPRINT_BYTES).fill(9);
  const numbers = { priority: 2, expires_at: null, available_at: null, tag: 0, shared: null };
  return ({ sequence: seq, sender, messageId: message_id, recipient, acceptedAt, waits }) => {
    const accepted_at = Math.floor(acceptedAt);
    const sum = sumOfMessage({ seq, sender, message_id, recipient, fingerprint, accepted_at, copies: 1 }, numbers);
    record.run(seq, sender, message_id, recipient, fingerprint, accepted_at, sum);
    if (waits) mail.run(seq, numbers.priority, envelope, sumOfEnvelope(seq, envelope));
  };
}
