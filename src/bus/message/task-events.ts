import { create, type JsonValue } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type Envelope, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import {
  MessageSentSchema,
  TaskCompletedSchema,
  TaskDelegatedSchema,
  TaskFailedSchema,
  TaskProgressedSchema,
  TaskResponseIgnoredSchema,
} from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import {
  type TaskError,
  TaskErrorSchema,
  type TaskResult,
  TaskResultSchema,
  TaskStatus,
} from '../../../gen/ts/agentbus/v1/task_pb.js';
import { SESSION_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import type { EventBody } from '../session/event-body.ts';
import { isOpen } from '../session/evolve-tasks.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { IncomingMessage } from './incoming.ts';

/** A message that is about to be accepted. */
export interface Sending {
  readonly message: IncomingMessage;
  /** Agent id. */
  readonly recipient: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

type SessionPart = Pick<LiveSession, 'decided' | 'tasks'>;

/**
 * The event that a message makes in its session. Pure. Throws TASK_ID_TAKEN,
 * LIMIT_REACHED, FIELD_INVALID.
 */
export function eventOfMessage(live: SessionPart, sending: Sending): EventBody {
  const { message, recipient } = sending;
  const { head } = message;
  requireKnownStep(live, head.step);
  switch (head.messageType) {
    case MessageType.TASK_REQUEST:
      return delegated(live, sending);
    case MessageType.TASK_RESPONSE:
      return answered(live, message);
    case MessageType.STATUS_UPDATE: {
      const task = live.tasks.get(head.correlationId);
      const isOwn = task !== undefined && isOpen(task) && task.assignee === head.sender;
      return isOwn ? progressed(message) : sent(message, recipient);
    }
    default:
      return sent(message, recipient);
  }
}

function delegated(live: SessionPart, { message, recipient, now }: Sending): EventBody {
  const { head, envelope } = message;
  const taken = live.tasks.get(head.messageId);
  if (taken !== undefined) {
    throw new BusError('TASK_ID_TAKEN', `task ${head.messageId} of this session is ${taken.delegator}'s`, {
      task_id: head.messageId,
      session_id: live.decided.sessionId,
    });
  }
  if (live.tasks.size >= SESSION_LIMITS.maxTasks) {
    throw new BusError('LIMIT_REACHED', `a session has at most ${SESSION_LIMITS.maxTasks} tasks`, {
      bound: 'tasks of a session',
      limit: SESSION_LIMITS.maxTasks,
    });
  }
  const time = timestampFromMs(now);
  const { routing } = envelope();
  const task = {
    taskId: head.messageId,
    sessionId: live.decided.sessionId,
    step: head.step,
    delegator: head.sender,
    assignee: recipient,
    status: TaskStatus.QUEUED,
    attempt: 1,
    parentTaskId: head.parentTaskId,
    priority: head.priority,
    createdAt: time,
    updatedAt: time,
    ...(routing && { routing }),
  };
  return { case: 'taskDelegated', value: create(TaskDelegatedSchema, { task }) };
}

function answered(live: SessionPart, { head, envelope }: IncomingMessage): EventBody {
  const taskId = head.correlationId;
  const task = live.tasks.get(taskId);
  if (task === undefined || !isOpen(task) || task.assignee !== head.sender) {
    const ignored = { taskId, agentId: head.sender, messageId: head.messageId };
    return { case: 'taskResponseIgnored', value: create(TaskResponseIgnoredSchema, ignored) };
  }
  const result = resultOf(envelope());
  if (payloadOf(envelope()).status !== 'failed') {
    return { case: 'taskCompleted', value: create(TaskCompletedSchema, { taskId, agentId: head.sender, result }) };
  }
  const error = errorOf(payloadOf(envelope()));
  return { case: 'taskFailed', value: create(TaskFailedSchema, { taskId, agentId: head.sender, result, error }) };
}

function progressed({ head, envelope }: IncomingMessage): EventBody {
  const { progress, note } = payloadOf(envelope());
  return {
    case: 'taskProgressed',
    value: create(TaskProgressedSchema, {
      taskId: head.correlationId,
      agentId: head.sender,
      note: text(note),
      ...(progress !== undefined && { progress: requirePercent(progress) }),
    }),
  };
}

function sent({ head, bytes }: IncomingMessage, recipient: string): EventBody {
  return {
    case: 'messageSent',
    value: create(MessageSentSchema, {
      messageId: head.messageId,
      sender: head.sender,
      recipient,
      messageType: head.messageType,
      priority: head.priority,
      correlationId: head.correlationId,
      step: head.step,
      envelopeBytes: bytes.length,
    }),
  };
}

function requireKnownStep({ decided }: SessionPart, step: string): void {
  if (step === '' || decided.workflow?.steps.some(({ name }) => name === step)) return;
  throw new BusError('WORKFLOW_INVALID', `the workflow has no step "${step}"`, { step, problem: 'unknown_step' });
}

function requirePercent(progress: JsonValue): number {
  if (typeof progress === 'number' && progress >= 0 && progress <= 100) return Math.floor(progress);
  throw new BusError('FIELD_INVALID', 'message.payload.progress must be a number from 0 to 100', {
    field: 'message.payload.progress',
    rule: 'number.range',
    bound: '0..100',
  });
}

function resultOf({ content, contentType }: Envelope): TaskResult {
  return create(TaskResultSchema, { contentType, content });
}

/** `error` is what went wrong, as text or as an object with `reason` and `message`. */
function errorOf({ error }: Record<string, JsonValue>): TaskError {
  if (typeof error === 'object' && error !== null && !Array.isArray(error)) {
    return create(TaskErrorSchema, { reason: text(error.reason) || 'failed', message: text(error.message) });
  }
  return create(TaskErrorSchema, { reason: 'failed', message: text(error) });
}

function payloadOf({ content }: Envelope): Record<string, JsonValue> {
  return content.case === 'payload' ? content.value : {};
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
