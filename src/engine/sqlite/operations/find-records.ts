import type { MessageKey } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import type { TapeReader } from '../tape.ts';

/** A message record as it is on disk. */
export interface StoredRecord extends MessageKey {
  readonly sequence: number;
  readonly recipient: string;
  readonly fingerprint: Uint8Array;
  readonly acceptedAt: number;
  /** Deliveries that are on disk; the current one is not among them. */
  readonly attempts: number;
  /** `EXPIRED`, `DEAD_LETTERED` or, for what waits or was acknowledged, nothing. */
  readonly outcome: number | undefined;
  readonly outcomeAt: number | undefined;
  /** Empty if there is none. */
  readonly reason: string;
}

interface Row {
  readonly recipient: string;
  readonly fingerprint: Uint8Array;
  readonly accepted_at: number;
  readonly attempts: number;
  readonly outcome: number | null;
  readonly outcome_at: number | null;
  readonly reason: string | null;
}

/** One entry a key, in the order of the keys. */
export const findRecords: Operation<readonly MessageKey[], (StoredRecord | undefined)[]> = {
  writes: false,
  encode(keys, tape) {
    tape.number(keys.length);
    for (const { sender, messageId } of keys) {
      tape.text(sender);
      tape.text(messageId);
    }
  },
  prepare({ db, keys }) {
    const select = db.prepare(
      `SELECT recipient, fingerprint, accepted_at, attempts, outcome, outcome_at, reason FROM messages WHERE seq = ?`,
    );
    return (request, reply) => {
      const count = request.number();
      reply.number(count);
      for (let index = 0; index < count; index++) {
        const key = { sender: request.text(), messageId: request.text() };
        const sequence = keys.find(key) ?? 0;
        const row = select.get(sequence) as Row | undefined;
        reply.number(row === undefined ? 0 : sequence);
        if (row === undefined) continue;
        reply.text(key.sender);
        reply.text(key.messageId);
        reply.text(row.recipient);
        reply.bytes(row.fingerprint);
        reply.number(row.accepted_at);
        reply.number(row.attempts);
        reply.optionalNumber(row.outcome ?? undefined);
        reply.optionalNumber(row.outcome_at ?? undefined);
        reply.text(row.reason ?? '');
      }
    };
  },
  decode: (tape) => Array.from({ length: tape.number() }, () => decodeRecord(tape)),
};

// An object literal is evaluated in the order it is written, which is the order on the tape.
function decodeRecord(tape: TapeReader): StoredRecord | undefined {
  const sequence = tape.number();
  if (sequence === 0) return undefined;
  return {
    sequence,
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
