import type { MessageKey } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import { prepareMailDrop } from './mail-drop.ts';
import { decodeKeys, encodeKeys } from './message-keys.ts';

export interface AcknowledgeRequest {
  readonly sequence: number;
  /**
   * Deliveries of it, or 0 where the record would say the right number anyway, so that a first delivery
   * that is acknowledged writes nothing but the deletion.
   */
  readonly attempts: number;
  /** Where its envelope is stored apart from it; 0 if it is not. */
  readonly shared: number;
  /** 0 for a message that nobody wants to be told of. */
  readonly tag: number;
}

/** Removes mail for good. The reply names those with a tag that were there, in the order of the request. */
export const acknowledge: Operation<readonly AcknowledgeRequest[], MessageKey[]> = {
  writes: true,
  encode(messages, tape) {
    tape.number(messages.length);
    for (const { sequence, attempts, shared, tag } of messages) {
      tape.number(sequence);
      tape.number(attempts);
      tape.number(shared);
      tape.number(tag);
    }
  },
  prepare({ db }) {
    const mail = prepareMailDrop(db);
    const count = db.prepare('UPDATE messages SET attempts = ? WHERE seq = ?');
    const name = db.prepare('SELECT sender, message_id AS messageId FROM messages WHERE seq = ?');
    return (request, reply) => {
      const tagged: MessageKey[] = [];
      for (let left = request.number(); left > 0; left--) {
        const sequence = request.number();
        const attempts = request.number();
        const dropped = mail.drop(sequence, request.number());
        const tag = request.number();
        // What a withdrawal took first has its record as the withdrawal left it.
        if (!dropped) continue;
        if (attempts > 0) count.run(attempts, sequence);
        if (tag > 0) tagged.push(name.get(sequence) as unknown as MessageKey);
      }
      encodeKeys(tagged, reply);
    };
  },
  decode: decodeKeys,
};
