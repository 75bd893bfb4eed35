import { DeliveryMode } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { BusError } from '../../bus/bus-error.ts';
import type { Caller } from '../../bus/caller.ts';
import type { IncomingMessage } from '../../bus/message/incoming.ts';
import type { FailedSend, Messages, SendOutcome, SendResult } from '../../bus/message/messages.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import type { Answers } from './answers.ts';
import type { SendAnswer, SendRefusal, Submission } from './frames.ts';
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
    const opened = openAll(submissions, statusOf);
    const answer = answers.open<readonly SendAnswer[]>(opened.bytes, outbound.answer);
    const done = (results: readonly SendResult[]): void => answer(answersOf(opened, results, statusOf));
    if (opened.messages.length === 0) done([]);
    else messages.sendAll(caller, opened.messages, done);
  };
}

/** The messages of a frame, those that can be sent apart from those that break a rule. */
interface Opened {
  readonly messages: IncomingMessage[];
  /** By the place in the frame. Undefined if there are none, as nearly always. */
  refusals: Map<number, SendRefusal> | undefined;
  /** What it costs to answer them. */
  bytes: number;
}

function openAll(submissions: readonly Submission[], statusOf: StatusOf): Opened {
  const opened: Opened = {
    messages: [],
    refusals: undefined,
    bytes: submissions.length * STREAM_LIMITS.minAnswerBytes,
  };
  for (let index = 0; index < submissions.length; index++) {
    const submission = submissions[index] as Submission;
    try {
      const message = submission.open();
      requireAsync(message);
      opened.bytes += message.bytes.length;
      opened.messages.push(message);
    } catch (error) {
      opened.refusals ??= new Map();
      opened.refusals.set(index, { messageId: submission.messageId, error: statusOf(error) });
    }
  }
  return opened;
}

/** What a frame is answered, in the order of its messages. */
function answersOf(opened: Opened, results: readonly SendResult[], statusOf: StatusOf): readonly SendAnswer[] {
  const { messages, refusals } = opened;
  const answered = results.some(isFailed)
    ? results.map((result, index): SendAnswer => {
        if (!isFailed(result)) return result;
        return { messageId: messages[index]?.head.messageId ?? '', error: statusOf(result.error) };
      })
    : (results as readonly SendOutcome[]);
  if (refusals === undefined) return answered;
  const inOrder = answered.values();
  return Array.from({ length: messages.length + refusals.size }, (_, index) => {
    return refusals.get(index) ?? (inOrder.next().value as SendAnswer);
  });
}

function isFailed(result: SendResult): result is FailedSend {
  return 'error' in result;
}

/** On a stream the answer comes as mail, and nothing waits. */
function requireAsync({ head }: IncomingMessage): void {
  if (head.deliveryMode !== DeliveryMode.SYNC) return;
  throw new BusError('FIELD_INVALID', 'DELIVERY_MODE_SYNC is for the call SendMessage: a stream does not wait', {
    field: 'message.routing.delivery_mode',
    rule: 'unary_only',
  });
}
