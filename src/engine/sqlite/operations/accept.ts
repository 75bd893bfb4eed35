import type { NewMessage } from '../../engine.ts';
import type { Operation } from '../operation.ts';
import type { TapedMessage } from './insert-messages.ts';
import { countRecords, decodeMessage, encodeMessage, prepareMessageInsert } from './insert-messages.ts';

export interface AcceptRequest {
  readonly messages: readonly NewMessage[];
  /** The place of the first message in the order of acceptance; the others follow it, those that are refused too. */
  readonly first: number;
}

/** No message was refused, as nearly always. */
const NONE: readonly number[] = [];

/** Accepts messages, each by itself. The reply says which were on record already, by their positions, ascending. */
export const accept: Operation<AcceptRequest, readonly number[]> = {
  writes: true,
  leavesNewRows: true,
  count: ({ messages }) => messages.length,
  encode({ messages, first }, tape) {
    tape.number(first);
    tape.number(messages.length);
    let before: NewMessage | undefined;
    for (const message of messages) {
      encodeMessage(message, tape, before);
      before = message;
    }
  },
  prepare(store) {
    const inserter = prepareMessageInsert(store);
    return (request, reply) => {
      let sequence = request.number();
      const count = request.number();
      let message: TapedMessage | undefined;
      for (let index = 0; index < count; index++) {
        message = decodeMessage(request, message);
        if (inserter.findDuplicate([message]) === undefined) inserter.insert(message, sequence);
        else reply.number(index);
        sequence += countRecords(message);
      }
      reply.number(END);
    };
  },
  decode(tape) {
    let index = tape.number();
    if (index === END) return NONE;
    const refused: number[] = [];
    for (; index !== END; index = tape.number()) refused.push(index);
    return refused;
  },
};

/** Follows the last position. */
const END = -1;
