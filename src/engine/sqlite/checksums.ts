import { crc32 } from 'node:zlib';
import { EngineError } from '../engine.ts';

/**
 * Checksums of what is stored and never changes. SQLite notices a page that makes no sense to it, and takes a bit
 * that is flipped within a value for the value; a checksum in the row tells the two apart when the row is read. Each is bound
 * to the place of its row, so that a row in another's place is noticed too. Rows of files from before there were any
 * have none, and are not checked. What changes (deliveries, outcomes, counters) is not in them.
 */

export interface RecordColumns {
  readonly seq: number;
  readonly sender: string;
  readonly message_id: string;
  readonly recipient: string;
  readonly fingerprint: Uint8Array;
  readonly accepted_at: number;
  readonly copies: number;
}

/** A record of which the database has put together what is no number, so that a million are read without a text for each. */
export interface EncodedRecord extends Pick<RecordColumns, 'seq' | 'accepted_at' | 'copies'> {
  /** `RECORD_BYTES` of it. */
  readonly bytes: Uint8Array;
}

/** What is summed of a record beside its numbers, as one value. */
export const RECORD_BYTES = 'r.sender || char(10) || r.message_id || char(10) || r.recipient || r.fingerprint';
/** How long that is. */
export const RECORD_LENGTH =
  'octet_length(r.sender) + octet_length(r.message_id) + octet_length(r.recipient) + octet_length(r.fingerprint) + 2';

export interface MailColumns {
  readonly priority: number;
  readonly expires_at: number | null;
  readonly available_at: number | null;
  readonly tag: number;
  readonly shared: number | null;
}

export interface DeadLetterColumns {
  readonly seq: number;
  readonly sender: string;
  readonly message_id: string;
  readonly recipient: string;
  readonly fingerprint: Uint8Array;
  readonly accepted_at: number;
  readonly priority: number;
  readonly tag: number;
  readonly attempts: number;
  readonly reason: string;
  readonly died_at: number;
  readonly size: number;
  readonly envelope: Uint8Array;
}

const LOW = 2 ** 32;
/** A number in a column is a whole one of 53 bits: 32 for the record, and the upper ones of the mail's. */
const MAIL_SHIFT = 11;
/** Stands for NULL, which no stored number is. */
const ABSENT = -1;

// One each for the life of the thread: a fresh one a row would cost as much as the checksum.
const recordNumbers = new Float64Array(3);
const mailNumbers = new Float64Array(5);

/** The sum in the row of a record that has mail, which covers the numbers of the mail too. */
export function sumOfMessage(record: RecordColumns, mail: MailColumns): number {
  return withMail(sumOfRecord(record), mail);
}

/** The same where the record is `EncodedRecord`. */
export function sumOfEncodedMessage(record: EncodedRecord, mail: MailColumns): number {
  recordNumbers[0] = record.seq;
  recordNumbers[1] = record.accepted_at;
  recordNumbers[2] = record.copies;
  return withMail(crc32(record.bytes, crc32(recordNumbers)), mail);
}

function withMail(low: number, mail: MailColumns): number {
  mailNumbers[0] = mail.priority;
  mailNumbers[1] = mail.expires_at ?? ABSENT;
  mailNumbers[2] = mail.available_at ?? ABSENT;
  mailNumbers[3] = mail.tag;
  mailNumbers[4] = mail.shared ?? ABSENT;
  return (crc32(mailNumbers, low) >>> MAIL_SHIFT) * LOW + low;
}

/** The part of that sum which is about the record alone, and the whole sum of one that never had mail. */
export function sumOfRecord({
  seq,
  sender,
  message_id,
  recipient,
  fingerprint,
  accepted_at,
  copies,
}: RecordColumns): number {
  recordNumbers[0] = seq;
  recordNumbers[1] = accepted_at;
  recordNumbers[2] = copies;
  return crc32(fingerprint, crc32(`${sender}\n${message_id}\n${recipient}`, crc32(recordNumbers)));
}

/** Of an envelope in `mail` or in `envelopes`, under its seq. */
export function sumOfEnvelope(seq: number, envelope: Uint8Array): number {
  return crc32(envelope, seq >>> 0);
}

/** Of an event or a snapshot. */
export function sumOfBody(session: number, sequence: number, body: Uint8Array): number {
  return crc32(body, (Math.imul(session, 0x9e3779b1) + sequence) >>> 0);
}

/** Of an agent or a fact about the data, under its name. */
export function sumOfNamed(name: string, value: Uint8Array): number {
  return crc32(value, crc32(name));
}

export function sumOfDeadLetter(row: DeadLetterColumns): number {
  const { seq, sender, message_id, recipient, accepted_at, priority, tag, attempts, reason, died_at, size } = row;
  const rest = [seq, sender, message_id, recipient, accepted_at, priority, tag, attempts, reason, died_at, size];
  return crc32(row.envelope, crc32(row.fingerprint, crc32(JSON.stringify(rest))));
}

/** The record's part of the sum of a message. */
export function recordPart(stored: number | null): number | null {
  return stored === null ? null : stored % LOW;
}

/** Throws `corrupt` unless a row has the sum that was stored with it, or none was. */
export function assertSum(
  stored: number | null,
  actual: number,
  where: { table: string; place: string | number },
): void {
  if (stored !== null && stored !== actual) throw damagedRow(where);
}

/** What is told of a row that is not what was written. */
export function damagedRow({ table, place }: { table: string; place: string | number }): EngineError {
  const message = `the row ${place} of ${table} is not what was written: the data is damaged; see \`agentbus check\`, and restore a backup`;
  return new EngineError('corrupt', message, { facts: { table, place } });
}
