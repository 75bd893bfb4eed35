import type { MessageKey } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import type { TapeWriter } from '../tape.ts';
import { prepareMailDrop } from './mail-drop.ts';

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
      for (let left = request.number(); left > 0; left--) {
        const sequence = request.number();
        const attempts = request.number();
        const dropped = mail.drop(sequence, request.number());
        const tag = request.number();
        // What a withdrawal took first has its record as the withdrawal left it.
        if (!dropped) continue;
        if (attempts > 0) count.run(attempts, sequence);
        if (tag > 0) encodeTagged(name.get(sequence) as unknown as MessageKey, reply);
      }
      reply.number(END);
    };
  },
  decode(tape) {
    const tagged: MessageKey[] = [];
    while (tape.number() !== END) tagged.push({ sender: tape.text(), messageId: tape.text() });
    return tagged;
  },
};

/** Follows the last of those that are named, where `NEXT` comes before each. */
const END = 0;
const NEXT = 1;

function encodeTagged({ sender, messageId }: MessageKey, tape: TapeWriter): void {
  tape.number(NEXT);
  tape.text(sender);
  tape.text(messageId);
}
