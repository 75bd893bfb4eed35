import type { MessageKey } from '../../engine.ts';
import { assertSum, recordPart, sumOfRecord } from '../checksums.ts';
import type { Operation } from '../operation.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import { decodeKeys, encodeKeys } from './message-keys.ts';

/** A message record as it is on disk. */
export interface StoredRecord extends MessageKey {
  readonly sequence: number;
  readonly recipient: string;
  readonly fingerprint: Uint8Array;
  readonly acceptedAt: number;
  /** Deliveries that are on disk; the current one is not among them. */
  readonly attempts: number;
  /** `EXPIRED`, `DEAD_LETTERED`, `WITHDRAWN` or, for what waits or was acknowledged, nothing. */
  readonly outcome: number | undefined;
  readonly outcomeAt: number | undefined;
  /** Empty if there is none. */
  readonly reason: string;
}

interface Row {
  readonly seq: number;
  readonly sender: string;
  readonly message_id: string;
  readonly copies: number;
  readonly sum: number | null;
  readonly recipient: string;
  readonly fingerprint: Uint8Array;
  readonly accepted_at: number;
  readonly attempts: number;
  readonly outcome: number | null;
  readonly outcome_at: number | null;
  readonly reason: string | null;
}

/** One entry a key, in the order of the keys: a record for each copy, in the order of acceptance. */
export const findRecords: Operation<readonly MessageKey[], StoredRecord[][]> = {
  writes: false,
  encode: encodeKeys,
  prepare({ db, keys }) {
    const select = db.prepare(
      `SELECT r.seq, r.sender, r.message_id, r.copies, r.sum, r.recipient, r.fingerprint, r.accepted_at, r.attempts, r.outcome, r.outcome_at, r.reason
       FROM messages f JOIN messages r ON r.seq >= f.seq AND r.seq < f.seq + f.copies WHERE f.seq = ? ORDER BY r.seq`,
    );
    return (request, reply) => {
      const asked = decodeKeys(request);
      reply.number(asked.length);
      for (const key of asked) {
        const rows = keys.find(key).flatMap((first) => select.all(first) as unknown as Row[]);
        reply.number(rows.length);
        for (const row of rows) {
          assertSum(recordPart(row.sum), sumOfRecord(row), { table: 'messages', place: row.seq });
          encodeRecord(key, row, reply);
        }
      }
    };
  },
  decode: (tape) =>
    Array.from({ length: tape.number() }, () => Array.from({ length: tape.number() }, () => decodeRecord(tape))),
};

function encodeRecord({ sender, messageId }: MessageKey, row: Row, tape: TapeWriter): void {
  tape.number(row.seq);
  tape.text(sender);
  tape.text(messageId);
  tape.text(row.recipient);
  tape.bytes(row.fingerprint);
  tape.number(row.accepted_at);
  tape.number(row.attempts);
  tape.optionalNumber(row.outcome ?? undefined);
  tape.optionalNumber(row.outcome_at ?? undefined);
  tape.text(row.reason ?? '');
}

// An object literal is evaluated in the order it is written, which is the order on the tape.
function decodeRecord(tape: TapeReader): StoredRecord {
  return {
    sequence: tape.number(),
    sender: tape.text(),
    messageId: tape.text(),
    recipient: tape.text(),
    fingerprint: tape.ownBytes(),
    acceptedAt: tape.number(),
    attempts: tape.number(),
    outcome: tape.optionalNumber(),
    outcomeAt: tape.optionalNumber(),
    reason: tape.text(),
  };
}
