import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
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
 *
 * They wait for as long as nobody looks, so that the mail that a batch deletes is gone before: new rows go to the pages that
 * it leaves, which then are written once and not twice.
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
  const writeOne = prepareInserts(db, { rows: 1, alike: false });
  const writeSeveral = prepareInserts(db, { rows: TOGETHER, alike: false });
  const writeAlike = prepareInserts(db, { rows: TOGETHER, alike: true });
  let messages: PlainMessage[] = [];
  let sequences: number[] = [];
  return {
    add(message, sequence) {
      messages.push(message);
      sequences.push(sequence);
    },
    flush() {
      if (messages.length === 0) return;
      for (let from = 0; from < messages.length; ) {
        const first = sequences[from] as number;
        // No two have the same sequence, and none one below that of those before it.
        if (sequences[from + TOGETHER - 1] === first + TOGETHER - 1) {
          (areAlike(messages, from) ? writeAlike : writeSeveral)(messages, from, first);
          from += TOGETHER;
        } else writeOne(messages, from++, first);
      }
      messages = [];
      sequences = [];
    },
  };
}

/**
 * Whether messages from one on have their names, priority and end in common, as most of one frame do. Those have the very
 * same list of recipients; texts are compared only where they do, which then costs nothing.
 */
function areAlike(messages: readonly PlainMessage[], from: number): boolean {
  const { sender, recipients, priority, expiresAt } = messages[from] as PlainMessage;
  for (let index = from + 1; index < from + TOGETHER; index++) {
    const message = messages[index] as PlainMessage;
    if (message.recipients !== recipients || message.sender !== sender) return false;
    if (message.priority !== priority || message.expiresAt !== expiresAt) return false;
  }
  return true;
}

interface Shape {
  /** So many messages, whose sequences follow each other. */
  readonly rows: number;
  readonly alike: boolean;
}

/** Prepares the writing of messages from one on, which has this sequence. */
function prepareInserts(
  db: DatabaseSync,
  { rows, alike }: Shape,
): (messages: readonly PlainMessage[], from: number, first: number) => void {
  // No value that is the default is bound, and none twice that rows have in common: each costs as much as a twentieth of the row.
  const common = alike ? 3 : 1;
  const insertRecords = prepareRows(db, {
    into: 'messages (seq, sender, recipient, message_id, fingerprint, accepted_at, sum)',
    columns: 7,
    rows,
    common,
  });
  const insertMail = prepareRows(db, {
    into: 'mail (seq, priority, expires_at, envelope, sum)',
    columns: 5,
    rows,
    common,
  });
  const records = new Array<SQLInputValue>(common + rows * (7 - common)).fill(null);
  const mail = new Array<SQLInputValue>(common + rows * (5 - common)).fill(null);
  return (messages, from, first) => {
    let record = 0;
    let letter = 0;
    records[record++] = first;
    mail[letter++] = first;
    for (let row = 0; row < rows; row++) {
      const message = messages[from + row] as PlainMessage;
      const { sender, messageId, fingerprint, acceptedAt, priority, expiresAt = null, envelope } = message;
      const recipient = message.recipients[0] as string;
      if (!alike || row === 0) {
        records[record++] = sender;
        records[record++] = recipient;
        mail[letter++] = priority;
        mail[letter++] = expiresAt;
      }
      const seq = first + row;
      records[record++] = messageId;
      records[record++] = fingerprint;
      records[record++] = acceptedAt;
      records[record++] = sumOfMessage(
        { seq, sender, message_id: messageId, recipient, fingerprint, accepted_at: acceptedAt, copies: 1 },
        { priority, expires_at: expiresAt, available_at: null, tag: 0, shared: null },
      );
      mail[letter++] = envelope;
      mail[letter++] = sumOfEnvelope(seq, envelope);
    }
    // `get`, which has nothing to return, and not `run`, which would make an object that nobody reads.
    insertRecords.get(...records);
    insertMail.get(...mail);
  };
}

interface Rows {
  readonly into: string;
  readonly columns: number;
  readonly rows: number;
  /** So many columns, the first ones, are bound once for all rows; of the first, the sequence, each row adds its place. */
  readonly common: number;
}

function prepareRows(db: DatabaseSync, { into, columns, rows, common }: Rows): StatementSync {
  const parameter = (row: number, column: number): string => {
    if (column === 0) return `?1 + ${row}`;
    return `?${column < common ? column + 1 : row * (columns - common) + column + 1}`;
  };
  const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
  const values = range(rows).map(
    (row) =>
      `(${range(columns)
        .map((column) => parameter(row, column))
        .join(', ')})`,
  );
  // A failure ends the store. SQLite, asked to undo one statement alone, would copy each page that this one changes.
  return db.prepare(`INSERT OR ROLLBACK INTO ${into} VALUES ${values.join(', ')}`);
}
