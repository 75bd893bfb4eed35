import type { MessageKey } from '../../engine.ts';
import { prepareCheckedRows } from '../checked-rows.ts';
import type { Operation, Store } from '../operation.ts';
import type { TapeReader, TapeWriter } from '../tape.ts';
import { prepareMailDrop } from './mail-drop.ts';

export interface EndRequest {
  readonly messages: readonly Ending[];
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface Ending {
  readonly sequence: number;
  /** Deliveries so far. */
  readonly attempts: number;
  /** Where its envelope is stored apart from it; 0 if it is not. */
  readonly shared: number;
}

/** `messages.outcome`. Only ever append. */
export const EXPIRED = 1;
export const DEAD_LETTERED = 2;
export const WITHDRAWN = 3;

/**
 * Makes dead letters of messages. The reply names them, in the order of the request, with nothing for
 * those that a withdrawal took first.
 */
export const bury: Operation<EndRequest, (MessageKey | undefined)[]> = endOperation(
  DEAD_LETTERED,
  ({ db, counters }) => {
    const copy = db.prepare(
      `INSERT INTO dead_letters
       (seq, sender, message_id, recipient, fingerprint, accepted_at, priority, tag, attempts, reason, died_at, size, envelope)
     SELECT m.seq, sender, message_id, recipient, fingerprint, accepted_at, priority, tag, ?, ?, ?,
       length(coalesce(m.envelope, e.envelope)), coalesce(m.envelope, e.envelope)
     FROM mail m JOIN messages USING (seq) LEFT JOIN envelopes e ON e.seq = m.shared WHERE m.seq = ?
     RETURNING size`,
    );
    const rows = prepareCheckedRows(db);
    return (sequence, attempts, { reason, at }) => {
      rows.checkMail(sequence);
      const size = copy.get(attempts, reason, at, sequence)?.size as number | undefined;
      if (size === undefined) return;
      rows.sumDeadLetter(sequence);
      counters.add('dead_letters', 1);
      counters.add('dead_letter_bytes', size);
    };
  },
);

/** Drops messages that are too old to be delivered. The reply is as for `bury`. */
export const expire: Operation<EndRequest, (MessageKey | undefined)[]> = endOperation(EXPIRED, () => () => {});

type Keep = (sequence: number, attempts: number, end: { readonly reason: string; readonly at: number }) => void;

function endOperation(
  outcome: number,
  prepareKeep: (store: Store) => Keep,
): Operation<EndRequest, (MessageKey | undefined)[]> {
  return {
    writes: true,
    encode: encodeEnd,
    prepare(store) {
      const { db } = store;
      const keep = prepareKeep(store);
      const mail = prepareMailDrop(db);
      const record = db.prepare(
        `UPDATE messages SET outcome = ?, outcome_at = ?, attempts = ?, reason = ? WHERE seq = ?
         RETURNING sender, message_id AS messageId`,
      );
      return (request, reply) => {
        const end = { reason: request.text(), at: request.number() };
        const count = request.number();
        reply.number(count);
        for (let index = 0; index < count; index++) {
          const sequence = request.number();
          const attempts = request.number();
          keep(sequence, attempts, end);
          const dropped = mail.drop(sequence, request.number());
          reply.number(dropped ? 1 : 0);
          if (!dropped) continue;
          const key = record.get(outcome, end.at, attempts, end.reason, sequence) as unknown as MessageKey;
          reply.text(key.sender);
          reply.text(key.messageId);
        }
      };
    },
    decode: decodeEnded,
  };
}

function encodeEnd({ messages, reason, at }: EndRequest, tape: TapeWriter): void {
  tape.text(reason);
  tape.number(at);
  tape.number(messages.length);
  for (const { sequence, attempts, shared } of messages) {
    tape.number(sequence);
    tape.number(attempts);
    tape.number(shared);
  }
}

function decodeEnded(tape: TapeReader): (MessageKey | undefined)[] {
  return Array.from({ length: tape.number() }, () =>
    tape.number() === 1 ? { sender: tape.text(), messageId: tape.text() } : undefined,
  );
}
