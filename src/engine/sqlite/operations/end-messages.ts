import type { DatabaseSync } from 'node:sqlite';
import type { MessageKey } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import type { TapeReader } from '../tape.ts';
import type { Attempted } from './attempted.ts';
import { decodeAttempted, encodeAttempted } from './attempted.ts';

export interface EndRequest {
  readonly messages: readonly Attempted[];
  readonly reason: string;
  readonly at: number;
}

/** `messages.outcome`. Only ever append. */
export const EXPIRED = 1;
export const DEAD_LETTERED = 2;

/** Makes dead letters of messages. The reply names them, in the order of the request. */
export const bury: Operation<EndRequest, MessageKey[]> = endOperation(DEAD_LETTERED, (db) => {
  const copy = db.prepare(
    `INSERT INTO dead_letters
     SELECT seq, sender, message_id, recipient, fingerprint, accepted_at, priority, expires_at, ?, ?, ?, envelope
     FROM mail JOIN messages USING (seq) WHERE seq = ?`,
  );
  return (sequence, attempts, { reason, at }) => void copy.run(attempts, reason, at, sequence);
});

/** Drops messages that are too old to be delivered. The reply names them, in the order of the request. */
export const expire: Operation<EndRequest, MessageKey[]> = endOperation(EXPIRED, () => () => {});

type Keep = (sequence: number, attempts: number, end: { readonly reason: string; readonly at: number }) => void;

function endOperation(outcome: number, prepareKeep: (db: DatabaseSync) => Keep): Operation<EndRequest, MessageKey[]> {
  return {
    writes: true,
    encode({ messages, reason, at }, tape) {
      tape.text(reason);
      tape.number(at);
      encodeAttempted(messages, tape);
    },
    prepare({ db }) {
      const keep = prepareKeep(db);
      const drop = db.prepare('DELETE FROM mail WHERE seq = ?');
      const record = db.prepare(
        `UPDATE messages SET outcome = ?, outcome_at = ?, attempts = ?, reason = ? WHERE seq = ?
         RETURNING sender, message_id AS messageId`,
      );
      return (request, reply) => {
        const end = { reason: request.text(), at: request.number() };
        const keys: MessageKey[] = [];
        decodeAttempted(request, (sequence, attempts) => {
          keep(sequence, attempts, end);
          drop.run(sequence);
          keys.push(record.get(outcome, end.at, attempts, end.reason, sequence) as unknown as MessageKey);
        });
        reply.number(keys.length);
        for (const { sender, messageId } of keys) {
          reply.text(sender);
          reply.text(messageId);
        }
      };
    },
    decode: decodeKeys,
  };
}

function decodeKeys(tape: TapeReader): MessageKey[] {
  return Array.from({ length: tape.number() }, () => ({ sender: tape.text(), messageId: tape.text() }));
}
