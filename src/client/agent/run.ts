import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { IncomingMessage } from './incoming-message.ts';
import type { Withdrawal } from './withdrawal.ts';

/** A handler at work on a message. */
export interface Run {
  /** The message's sender and id. */
  readonly key: string;
  readonly message: IncomingMessage;
  /** Tells the handler to stop. */
  readonly stop: AbortController;
  /** The newest delivery of the message; undefined while this agent holds none. */
  deliveryId: string | undefined;
  /** When the lease of that delivery last began, as far as this agent knows: milliseconds since the epoch. */
  leasedAt: number;
  /** When more time was last asked for. */
  extendedAt: number;
  /** The bus took the task away: nothing is left to settle, and nobody wants the outcome. */
  isWithdrawn: boolean;
}

/** Starts nothing: the handler is the caller's. */
export function createRun(key: string, message: IncomingMessage): Run {
  return {
    key,
    message,
    stop: new AbortController(),
    deliveryId: undefined,
    leasedAt: 0,
    extendedAt: 0,
    isWithdrawn: false,
  };
}

/** Whether the message asks for a task. */
export function isTask({ type }: IncomingMessage): boolean {
  return type === MessageType.TASK_REQUEST;
}

/**
 * Whether a withdrawal means this run. An attempt may be taken away and the next one be given to the same agent under
 * the same id, and the news of the first may come after the second: mail that is not older than the news is not meant.
 */
export function isMeant(run: Run, withdrawal: Withdrawal): boolean {
  const { message } = run;
  return (
    isTask(message) &&
    message.messageId === withdrawal.messageId &&
    message.sessionId === withdrawal.sessionId &&
    message.sender === withdrawal.delegator &&
    (withdrawal.isFinal || isOlder(message.acceptedAt, withdrawal.at))
  );
}

/**
 * Whether a delivery that was accepted then is of another mail than this one, with the same message: a new attempt of its task.
 * A redelivery of the same mail was accepted at the same time.
 */
export function isNewAttempt(message: IncomingMessage, acceptedAt: Date | undefined): boolean {
  return (
    isTask(message) &&
    message.acceptedAt !== undefined &&
    acceptedAt !== undefined &&
    isOlder(message.acceptedAt, acceptedAt)
  );
}

/** Whether a delivery that was accepted then is of the same mail as this one. */
export function isSameMail(message: IncomingMessage, acceptedAt: Date | undefined): boolean {
  return message.acceptedAt?.getTime() === acceptedAt?.getTime();
}

function isOlder(mail: Date | undefined, news: Date | undefined): boolean {
  return mail === undefined || news === undefined || mail.getTime() < news.getTime();
}
