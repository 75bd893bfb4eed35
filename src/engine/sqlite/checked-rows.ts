import type { DatabaseSync } from 'node:sqlite';
import {
  assertSum,
  type DeadLetterColumns,
  damagedRow,
  type MailColumns,
  type RecordColumns,
  sumOfDeadLetter,
  sumOfEnvelope,
  sumOfMessage,
} from './checksums.ts';

/** Rows that are copied within the database: looked at before, and given their sums after. */
export interface CheckedRows {
  /** Throws `corrupt` if a message that waits is not what was written; does nothing where none waits. */
  checkMail(seq: number): void;
  checkDeadLetter(seq: number): void;
  /** Puts the sums of a message that was just copied into its rows. */
  sumMail(seq: number): void;
  sumDeadLetter(seq: number): void;
}

/** A record with its mail and the envelope of that, whichever table has it. */
export interface MailRow extends RecordColumns, MailColumns {
  readonly sum: number | null;
  readonly envelope_sum: number | null;
  readonly envelope: Uint8Array;
}

/** Everything of one message that waits. */
export const SELECT_MAIL = `
  SELECT r.seq, r.sender, r.message_id, r.recipient, r.fingerprint, r.accepted_at, r.copies, r.sum,
         m.priority, m.expires_at, m.available_at, m.tag, m.shared,
         coalesce(m.envelope, e.envelope) AS envelope, CASE WHEN m.shared IS NULL THEN m.sum ELSE e.sum END AS envelope_sum
  FROM mail m JOIN messages r USING (seq) LEFT JOIN envelopes e ON e.seq = m.shared`;

export function checkMailRow(row: MailRow): void {
  assertSum(row.sum, sumOfMessage(row, row), { table: 'messages', place: row.seq });
  const place = row.shared ?? row.seq;
  const table = row.shared === null ? 'mail' : 'envelopes';
  // NULL where the row that has the envelope is gone.
  if (row.envelope === null) throw damagedRow({ table, place });
  assertSum(row.envelope_sum, sumOfEnvelope(place, row.envelope), { table, place });
}

export function checkDeadLetterRow(row: DeadLetterColumns & { readonly sum: number | null }): void {
  assertSum(row.sum, sumOfDeadLetter(row), { table: 'dead_letters', place: row.seq });
}

export function prepareCheckedRows(db: DatabaseSync): CheckedRows {
  const selectMail = db.prepare(`${SELECT_MAIL} WHERE m.seq = ?`);
  const selectDeadLetter = db.prepare('SELECT * FROM dead_letters WHERE seq = ?');
  const setRecord = db.prepare('UPDATE messages SET sum = ? WHERE seq = ?');
  const setMail = db.prepare('UPDATE mail SET sum = ? WHERE seq = ?');
  const setDeadLetter = db.prepare('UPDATE dead_letters SET sum = ? WHERE seq = ?');
  const mailOf = (seq: number) => selectMail.get(seq) as unknown as MailRow | undefined;
  type DeadLetterRow = DeadLetterColumns & { readonly sum: number | null };
  const deadLetterOf = (seq: number) => selectDeadLetter.get(seq) as unknown as DeadLetterRow | undefined;
  return {
    checkMail(seq) {
      const row = mailOf(seq);
      if (row !== undefined) checkMailRow(row);
    },
    checkDeadLetter(seq) {
      const row = deadLetterOf(seq);
      if (row !== undefined) checkDeadLetterRow(row);
    },
    sumMail(seq) {
      const row = mailOf(seq);
      if (row === undefined) return;
      setRecord.run(sumOfMessage(row, row), seq);
      setMail.run(sumOfEnvelope(seq, row.envelope), seq);
    },
    sumDeadLetter(seq) {
      const row = deadLetterOf(seq);
      if (row !== undefined) setDeadLetter.run(sumOfDeadLetter(row), seq);
    },
  };
}
