import type { DatabaseSync } from 'node:sqlite';
import type { NewMessage } from '../../engine.ts';
import type { Store } from '../operation.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';

/** How many records a message has, which is how many sequences it takes: one a copy, and one if there is none. */
export function countRecords({ recipients }: Pick<NewMessage, 'recipients'>): number {
  return Math.max(recipients.length, 1);
}

/** Whether the envelope is stored once, apart from the mail that reads it. */
export function isStoredApart({ recipients, keep }: Pick<NewMessage, 'recipients' | 'keep'>): boolean {
  return recipients.length > 1 || keep === true;
}

const FURTHER = 1;
const KEEP = 2;

export function encodeMessage(message: NewMessage, tape: TapeWriter): void {
  tape.text(message.sender);
  tape.text(message.messageId);
  tape.bytes(message.fingerprint);
  tape.number(message.priority);
  tape.number(message.acceptedAt);
  tape.optionalNumber(message.availableAt);
  tape.optionalNumber(message.expiresAt);
  tape.number(message.tag ?? 0);
  tape.number((message.further === true ? FURTHER : 0) | (message.keep === true ? KEEP : 0));
  tape.number(message.recipients.length);
  for (const recipient of message.recipients) tape.text(recipient);
  tape.bytes(message.envelope);
}

/** A message as the worker sees it. */
export interface TapedMessage {
  readonly sender: string;
  readonly messageId: string;
  readonly fingerprint: Uint8Array;
  readonly priority: number;
  readonly acceptedAt: number;
  readonly availableAt: number | undefined;
  readonly expiresAt: number | undefined;
  readonly tag: number;
  readonly further: boolean;
  readonly keep: boolean;
  readonly recipients: readonly string[];
  readonly envelope: Uint8Array;
}

export function decodeMessage(tape: TapeReader): TapedMessage {
  const sender = tape.text();
  const messageId = tape.text();
  const fingerprint = tape.bytes();
  const priority = tape.number();
  const acceptedAt = tape.number();
  const availableAt = tape.optionalNumber();
  const expiresAt = tape.optionalNumber();
  const tag = tape.number();
  const flags = tape.number();
  const recipients: string[] = [];
  for (let left = tape.number(); left > 0; left--) recipients.push(tape.text());
  return {
    sender,
    messageId,
    fingerprint,
    priority,
    acceptedAt,
    availableAt,
    expiresAt,
    tag,
    further: (flags & FURTHER) > 0,
    keep: (flags & KEEP) > 0,
    recipients,
    envelope: tape.bytes(),
  };
}

export interface MessageInserter {
  /** The first of these messages whose key is taken, by a record or by one of those before it. */
  findDuplicate(messages: readonly TapedMessage[]): TapedMessage | undefined;
  /** Writes a message, none of which is a duplicate, with its records from `first` on. */
  insert(message: TapedMessage, first: number): void;
}

export function prepareMessageInsert({ db, keys }: Store): MessageInserter {
  const insertOne = prepareOneCopy(db);
  const insertCopy = prepareCopies(db);
  const apart = db.prepare('INSERT INTO envelopes (seq, copies, kept, envelope) VALUES (?, ?, ?, ?)');
  return {
    findDuplicate(messages) {
      const [first] = messages;
      if (messages.length === 1) return first !== undefined && !first.further && keys.has(first) ? first : undefined;
      const inWrite = new Set<string>();
      return messages.find((message) => {
        const key = JSON.stringify([message.sender, message.messageId]);
        const taken = !message.further && (inWrite.has(key) || keys.has(message));
        inWrite.add(key);
        return taken;
      });
    },
    insert(message, first) {
      keys.add(message, first);
      const [recipient] = message.recipients;
      if (recipient !== undefined && isPlain(message)) return insertOne(message, recipient, first);
      const records = countRecords(message);
      for (let copy = 0; copy < records; copy++) insertCopy(message, copy, first);
      if (isStoredApart(message)) apart.run(first, message.recipients.length, message.keep ? 1 : 0, message.envelope);
    },
  };
}

/** Whether a message is what most are: one copy, with an envelope of its own, available at once, without a tag. */
function isPlain({ recipients, keep, availableAt, tag }: TapedMessage): boolean {
  return recipients.length === 1 && !keep && availableAt === undefined && tag === 0;
}

/** Binds no value that is the default: each costs as much as a twentieth of the row. */
function prepareOneCopy(db: DatabaseSync): (message: TapedMessage, recipient: string, sequence: number) => void {
  const record = db.prepare(
    'INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at) VALUES (?, ?, ?, ?, ?, ?)',
  );
  const mail = db.prepare('INSERT INTO mail (seq, priority, expires_at, envelope) VALUES (?, ?, ?, ?)');
  return ({ sender, messageId, fingerprint, acceptedAt, priority, expiresAt, envelope }, recipient, sequence) => {
    record.run(sequence, sender, messageId, recipient, fingerprint, acceptedAt);
    mail.run(sequence, priority, expiresAt ?? null, envelope);
  };
}

function prepareCopies(db: DatabaseSync): (message: TapedMessage, copy: number, first: number) => void {
  const record = db.prepare(
    `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, copies)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  );
  const mail = db.prepare(
    'INSERT INTO mail (seq, priority, expires_at, available_at, tag, shared, envelope) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  return (message, copy, first) => {
    const { sender, messageId, fingerprint, acceptedAt, recipients } = message;
    const recipient = recipients[copy];
    const copies = copy === 0 ? countRecords(message) : -copy;
    record.run(first + copy, sender, messageId, recipient ?? '', fingerprint, acceptedAt, copies);
    if (recipient === undefined) return;
    const { priority, expiresAt = null, availableAt = null, tag, envelope } = message;
    const shared = isStoredApart(message);
    mail.run(first + copy, priority, expiresAt, availableAt, tag, shared ? first : null, shared ? null : envelope);
  };
}
