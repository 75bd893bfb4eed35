import { DeliveryMode } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { BusError } from '../../bus/bus-error.ts';
import type { Caller } from '../../bus/caller.ts';
import type { IncomingMessage } from '../../bus/message/incoming.ts';
import type { Messages } from '../../bus/message/messages.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { Answers } from './answers.ts';
import type { SendAnswer, Submission } from './frames.ts';
import type { Outbound } from './outbound.ts';
import type { StatusOf } from './stream-context.ts';

export interface SendsOptions {
  readonly messages: Messages;
  readonly caller: Caller;
  readonly answers: Answers;
  readonly outbound: Outbound;
  readonly statusOf: StatusOf;
}

/**
 * Sends the messages of a frame side by side, so that they share one commit; the next
 * frame does not wait for it. Results go back together, frame after frame.
 */
export function createSends(options: SendsOptions): (submissions: readonly Submission[]) => void {
  const { messages, caller, answers, outbound, statusOf } = options;
  return (submissions) => {
    let bytes = 0;
    const send = async ({ messageId, open }: Submission): Promise<SendAnswer> => {
      bytes += STREAM_LIMITS.minAnswerBytes;
      try {
        const message = open();
        requireAsync(message);
        bytes += message.bytes.length;
        return await messages.send(caller, message);
      } catch (error) {
        return { messageId, error: statusOf(error) };
      }
    };
    // Each runs up to its first wait, so the sizes are known when all have begun.
    const results = Promise.all(submissions.map(send));
    answers.add(bytes, results, (all, taken) => outbound.answer(all, taken));
  };
}

/** On a stream the answer comes as mail, and nothing waits. */
function requireAsync({ head }: IncomingMessage): void {
  if (head.deliveryMode !== DeliveryMode.SYNC) return;
  throw new BusError('FIELD_INVALID', 'DELIVERY_MODE_SYNC is for the call SendMessage: a stream does not wait', {
    field: 'message.routing.delivery_mode',
    rule: 'unary_only',
  });
}
