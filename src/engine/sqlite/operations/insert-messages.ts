import type { DatabaseSync } from 'node:sqlite';
import type { NewMessage } from '../../engine.ts';
import { type MailColumns, type RecordColumns, sumOfEnvelope, sumOfMessage, sumOfRecord } from '../checksums.ts';
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

// What follows on the tape; most messages need none of it, and every number is written and read for each of them.
const FURTHER = 1;
const KEEP = 2;
const TAGGED = 4;
const DELAYED = 8;
/** Other than one. */
const RECIPIENTS = 16;
/** Sender and recipient, of which there is one, are those of the message before. */
const SAME_NAMES = 32;

/** `before`: the message that is in front of it in the same request, if there is one. */
export function encodeMessage(message: NewMessage, tape: TapeWriter, before?: NewMessage): void {
  const { recipients, availableAt, tag = 0 } = message;
  const same = before !== undefined && haveSameNames(message, before);
  tape.number(
    (message.further === true ? FURTHER : 0) |
      (message.keep === true ? KEEP : 0) |
      (tag === 0 ? 0 : TAGGED) |
      (availableAt === undefined ? 0 : DELAYED) |
      (recipients.length === 1 ? 0 : RECIPIENTS) |
      (same ? SAME_NAMES : 0),
  );
  if (tag !== 0) tape.number(tag);
  if (availableAt !== undefined) tape.number(availableAt);
  if (recipients.length !== 1) tape.number(recipients.length);
  if (!same) {
    for (const recipient of recipients) tape.text(recipient);
    tape.text(message.sender);
  }
  tape.text(message.messageId);
  tape.bytes(message.fingerprint);
  tape.number(message.priority);
  tape.number(message.acceptedAt);
  tape.optionalNumber(message.expiresAt);
  tape.bytes(message.envelope);
}

function haveSameNames({ sender, recipients }: NewMessage, before: NewMessage): boolean {
  if (recipients.length !== 1 || before.recipients.length !== 1) return false;
  return recipients[0] === before.recipients[0] && sender === before.sender;
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

export function decodeMessage(tape: TapeReader, before?: TapedMessage): TapedMessage {
  const flags = tape.number();
  const named = flags & SAME_NAMES ? before : undefined;
  const tag = flags & TAGGED ? tape.number() : 0;
  const availableAt = flags & DELAYED ? tape.number() : undefined;
  const recipients = named?.recipients ?? decodeRecipients(flags, tape);
  // An object literal is evaluated in the order it is written, which is the order on the tape.
  return {
    recipients,
    availableAt,
    tag,
    further: (flags & FURTHER) > 0,
    keep: (flags & KEEP) > 0,
    sender: named?.sender ?? tape.text(),
    messageId: tape.text(),
    fingerprint: tape.bytes(),
    priority: tape.number(),
    acceptedAt: tape.number(),
    expiresAt: tape.optionalNumber(),
    envelope: tape.bytes(),
  };
}

function decodeRecipients(flags: number, tape: TapeReader): readonly string[] {
  // A list that grows has room for sixteen more: not for the one that most messages have.
  return flags & RECIPIENTS ? Array.from({ length: tape.number() }, () => tape.text()) : [tape.text()];
}

export interface MessageInserter {
  /** The first of these messages whose key is taken, by a record or by one of those before it. */
  findDuplicate(messages: readonly TapedMessage[]): TapedMessage | undefined;
  /** Writes a message, none of which is a duplicate, with its records from `first` on. */
  insert(message: TapedMessage, first: number): void;
}

export function prepareMessageInsert({ db, keys, recordCount, rows }: Store): MessageInserter {
  const insertCopy = prepareCopies(db);
  const apart = db.prepare('INSERT INTO envelopes (seq, copies, kept, envelope, sum) VALUES (?, ?, ?, ?, ?)');
  const isTaken = (message: TapedMessage): boolean => !message.further && keys.has(message);
  return {
    findDuplicate(messages) {
      const first = messages[0];
      if (first === undefined || messages.length === 1) return first && isTaken(first) ? first : undefined;
      const inWrite = new Set<string>();
      return messages.find((message) => {
        const key = JSON.stringify([message.sender, message.messageId]);
        const taken = isTaken(message) || (!message.further && inWrite.has(key));
        inWrite.add(key);
        return taken;
      });
    },
    insert(message, first) {
      keys.add(message, first);
      const records = countRecords(message);
      recordCount.add(records);
      if (isPlain(message)) return rows.add(message, first);
      // Rows at the end of a tree cost least, so they go there in their order.
      rows.flush();
      for (let copy = 0; copy < records; copy++) insertCopy(message, copy, first);
      if (!isStoredApart(message)) return;
      const { recipients, keep, envelope } = message;
      apart.run(first, recipients.length, keep ? 1 : 0, envelope, sumOfEnvelope(first, envelope));
    },
  };
}

/** Whether a message is what most are: one copy, with an envelope of its own, available at once, without a tag. */
function isPlain({ recipients, keep, availableAt, tag }: TapedMessage): boolean {
  return recipients.length === 1 && !keep && availableAt === undefined && tag === 0;
}

function prepareCopies(db: DatabaseSync): (message: TapedMessage, copy: number, first: number) => void {
  const record = db.prepare(
    `INSERT INTO messages (seq, sender, message_id, recipient, fingerprint, accepted_at, copies, sum)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const mail = db.prepare(
    'INSERT INTO mail (seq, priority, expires_at, available_at, tag, shared, envelope, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  return (message, copy, first) => {
    const { sender, messageId, fingerprint, acceptedAt, recipients } = message;
    const recipient = recipients[copy];
    const copies = copy === 0 ? countRecords(message) : -copy;
    const seq = first + copy;
    const shared = isStoredApart(message) ? first : null;
    const columns = recordOf(message, { seq, recipient: recipient ?? '', copies });
    const sum = recipient === undefined ? sumOfRecord(columns) : sumOfMessage(columns, mailOf(message, shared));
    record.run(seq, sender, messageId, recipient ?? '', fingerprint, acceptedAt, copies, sum);
    if (recipient === undefined) return;
    const { priority, expiresAt = null, availableAt = null, tag, envelope } = message;
    const own = shared === null;
    const envelopeSum = own ? sumOfEnvelope(seq, envelope) : null;
    mail.run(seq, priority, expiresAt, availableAt, tag, shared, own ? envelope : null, envelopeSum);
  };
}

type OwnColumns = Pick<RecordColumns, 'seq' | 'recipient' | 'copies'>;

function recordOf({ sender, messageId, fingerprint, acceptedAt }: TapedMessage, own: OwnColumns): RecordColumns {
  const { seq, recipient, copies } = own;
  return { seq, sender, message_id: messageId, recipient, fingerprint, accepted_at: acceptedAt, copies };
}

function mailOf({ priority, expiresAt, availableAt, tag }: TapedMessage, shared: number | null): MailColumns {
  return { priority, expires_at: expiresAt ?? null, available_at: availableAt ?? null, tag, shared };
}
