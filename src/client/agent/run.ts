import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { AgentbusError } from '../errors.ts';
import type { IncomingMessage } from './incoming-message.ts';
import type { Withdrawal } from './withdrawal.ts';

/** A handler at work on a message. */
export interface Run {
  readonly message: IncomingMessage;
  /** Tells the handler to stop. */
  readonly stop: AbortController;
  /** The newest delivery of the message; undefined while this agent holds none. */
  deliveryId: string | undefined;
  /** The bus took the task away: nothing is left to settle, and nobody wants the outcome. */
  isWithdrawn: boolean;
}

/** Starts nothing: the handler is the caller's. */
export function createRun(message: IncomingMessage, deliveryId: string): Run {
  return { message, stop: new AbortController(), deliveryId, isWithdrawn: false };
}

/** Tells the handler to stop for good. */
export function withdraw(run: Run, error: AgentbusError): void {
  run.isWithdrawn = true;
  run.deliveryId = undefined;
  run.stop.abort(error);
}

/**
 * Whether a withdrawal means this run. An attempt may be taken away and the next one be given to the same agent under
 * the same id, and the news of the first may come after the second: mail that is not older than the news is not meant.
 */
export function isMeant({ message }: Run, withdrawal: Withdrawal): boolean {
  return (
    message.type === MessageType.TASK_REQUEST &&
    message.messageId === withdrawal.messageId &&
    message.sessionId === withdrawal.sessionId &&
    message.sender === withdrawal.delegator &&
    (withdrawal.isFinal || isOlder(message.acceptedAt, withdrawal.at))
  );
}

/**
 * Whether a delivery is of another mail than the run's, with the same message: a new attempt of its task. A redelivery of the
 * same mail was accepted at the same time.
 */
export function isNewAttempt({ message }: Run, acceptedAt: Date | undefined): boolean {
  return (
    message.type === MessageType.TASK_REQUEST &&
    message.acceptedAt !== undefined &&
    acceptedAt !== undefined &&
    isOlder(message.acceptedAt, acceptedAt)
  );
}

function isOlder(mail: Date | undefined, news: Date | undefined): boolean {
  return mail === undefined || news === undefined || mail.getTime() < news.getTime();
}
