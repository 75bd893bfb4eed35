import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { AgentbusError } from '../errors.ts';
import type { IncomingMessage } from './incoming-message.ts';

/** News of the bus that an attempt of a task is the agent's no more: the bus has settled its delivery, and wants no outcome. */
export interface Withdrawal {
  /** The message that asked for the task. */
  readonly messageId: string;
  /** Empty outside of sessions. */
  readonly sessionId: string;
  /** Who sent that message: outside of sessions, others may have used the same id. */
  readonly delegator: string;
  /** Whether the task has ended with it; otherwise the same agent may be asked again. */
  readonly isFinal: boolean;
  /** When the bus had the news on disk. */
  readonly at: Date | undefined;
  /** What the handler's signal aborts with. */
  readonly error: AgentbusError;
}

/** The agent id that the bus speaks as. */
export const BUS_AGENT_ID = 'agentbus://bus';

/** Reads a withdrawal; undefined for any other message. */
export function readWithdrawal(message: IncomingMessage): Withdrawal | undefined {
  const { type, sender, sessionId, correlationId: messageId, acceptedAt: at, payload } = message;
  if (sender !== BUS_AGENT_ID || type !== MessageType.NOTIFICATION) return undefined;
  if (payload.event !== 'task_cancelled' && payload.event !== 'task_withdrawn') return undefined;
  const isFinal = payload.event === 'task_cancelled';
  return { messageId, sessionId, delegator: text(payload.delegator), isFinal, at, error: errorOf(message, isFinal) };
}

function errorOf({ payload, correlationId }: IncomingMessage, isCancelled: boolean): AgentbusError {
  const taskId = text(payload.task_id) || correlationId;
  const cause = text(payload.code);
  const why = text(payload.reason) || cause;
  return new AgentbusError({
    code: 'ABORTED',
    reason: isCancelled ? 'TASK_CANCELLED' : undefined,
    message: `task ${taskId} was ${isCancelled ? 'called off' : 'taken away'}${why && `: ${why}`}`,
    facts: { task_id: taskId, cause },
  });
}

/** What the handler hears when the bus took its task away and did not say why, or not yet. */
export function takenAwayError(taskId: string): AgentbusError {
  return new AgentbusError({
    code: 'ABORTED',
    message: `task ${taskId} was taken away`,
    facts: { task_id: taskId },
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
