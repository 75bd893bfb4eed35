import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { sumOfEnvelope, sumOfMessage } from './checksums.ts';

/** What most messages are: one copy, with an envelope of its own, available at once, without a tag. */
export interface PlainMessage {
  readonly sender: string;
  readonly messageId: string;
  /** One. */
  readonly recipients: readonly string[];
  readonly fingerprint: Uint8Array;
  readonly priority: number;
  readonly acceptedAt: number;
  readonly expiresAt: number | undefined;
  readonly envelope: Uint8Array;
}

/**
 * Rows of plain messages on their way into the tables, several with one statement: that costs two thirds of a statement for
 * each. They are there for whoever looks after `flush`.
 */
export interface PlainRows {
  /** Adds a message behind all others. Its bytes must stay as they are until `flush`. */
  add(message: PlainMessage, sequence: number): void;
  /** Writes what was added. Part of every batch, and of whatever looks at messages of its own batch. */
  flush(): void;
}

/** Rows of one statement. More of them save little, and those that are left over at the end go one by one. */
const TOGETHER = 16;

export function createPlainRows(db: DatabaseSync): PlainRows {
  // No value that is the default is bound: each costs as much as a twentieth of the row.
  const records = prepareRows(
    db,
    'INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, sum)',
    7,
  );
  const mail = prepareRows(db, 'INSERT INTO mail (seq, priority, expires_at, envelope, sum)', 5);
  return {
    add(message, sequence) {
      const { sender, messageId, fingerprint, acceptedAt, priority, expiresAt = null, envelope } = message;
      const recipient = message.recipients[0] as string;
      const record = {
        seq: sequence,
        sender,
        message_id: messageId,
        recipient,
        fingerprint,
        accepted_at: acceptedAt,
        copies: 1,
      };
      const numbers = { priority, expires_at: expiresAt, available_at: null, tag: 0, shared: null };
      const sum = sumOfMessage(record, numbers);
      records.add(sequence, sender, messageId, recipient, fingerprint, acceptedAt, sum);
      mail.add(sequence, priority, expiresAt, envelope, sumOfEnvelope(sequence, envelope));
    },
    flush() {
      records.flush();
      mail.flush();
    },
  };
}

interface Rows {
  add(...values: SQLInputValue[]): void;
  flush(): void;
}

/** Rows of one table, each of so many values. */
function prepareRows(db: DatabaseSync, insert: string, columns: number): Rows {
  const row = `(${new Array(columns).fill('?').join(', ')})`;
  const one = db.prepare(`${insert} VALUES ${row}`);
  const several = db.prepare(`${insert} VALUES ${new Array(TOGETHER).fill(row).join(', ')}`);
  let values: SQLInputValue[] = [];
  // `get`, which has nothing to return, and not `run`, which would make an object that nobody reads.
  return {
    add(...added) {
      for (const value of added) values.push(value);
      if (values.length < TOGETHER * columns) return;
      several.get(...values);
      values = [];
    },
    flush() {
      if (values.length === 0) return;
      for (let from = 0; from < values.length; from += columns) one.get(...values.slice(from, from + columns));
      values = [];
    },
  };
}
