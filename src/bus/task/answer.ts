import { create, type JsonValue } from '@bufbuild/protobuf';
import type { Envelope } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import {
  TaskCompletedSchema,
  TaskFailedSchema,
  TaskProgressedSchema,
  TaskResponseIgnoredSchema,
} from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import {
  type Task,
  type TaskError,
  TaskErrorSchema,
  type TaskResult,
  TaskResultSchema,
} from '../../../gen/ts/agentbus/v1/task_pb.js';
import { TASK_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import type { IncomingMessage } from '../message/incoming.ts';
import type { EventBody } from '../session/event-body.ts';

/** The event of an assignee's answer: `taskCompleted`, or `taskFailed` if it says so. */
export function answered({ taskId }: Task, message: IncomingMessage): EventBody {
  const { head } = message;
  const envelope = message.envelope();
  const agentId = head.sender;
  const { content, contentType } = envelope;
  const result: TaskResult = create(TaskResultSchema, { contentType, content });
  const said = payloadOf(envelope);
  if (said.status !== 'failed') {
    return { case: 'taskCompleted', value: create(TaskCompletedSchema, { taskId, agentId, result }) };
  }
  return { case: 'taskFailed', value: create(TaskFailedSchema, { taskId, agentId, result, error: errorOf(said) }) };
}

/** The event of an answer to nothing that is open. */
export function answeredInVain({ head }: IncomingMessage): EventBody {
  const ignored = { taskId: head.correlationId, agentId: head.sender, messageId: head.messageId };
  return { case: 'taskResponseIgnored', value: create(TaskResponseIgnoredSchema, ignored) };
}

/** The event of a report on a task. Throws FIELD_INVALID. */
export function progressed({ taskId }: Task, message: IncomingMessage): EventBody {
  const { head } = message;
  const envelope = message.envelope();
  const { progress, note } = payloadOf(envelope);
  return {
    case: 'taskProgressed',
    value: create(TaskProgressedSchema, {
      taskId,
      agentId: head.sender,
      note: requireNote(note),
      ...(progress !== undefined && { progress: requirePercent(progress) }),
    }),
  };
}

function requirePercent(progress: JsonValue): number {
  if (typeof progress === 'number' && progress >= 0 && progress <= 100) return Math.floor(progress);
  throw new BusError('FIELD_INVALID', 'message.payload.progress must be a number from 0 to 100', {
    field: 'message.payload.progress',
    rule: 'number.range',
    bound: '0..100',
  });
}

function requireNote(note: JsonValue | undefined): string {
  const bound = TASK_LIMITS.maxNoteBytes;
  if (Buffer.byteLength(text(note)) <= bound) return text(note);
  throw new BusError('FIELD_INVALID', `message.payload.note has at most ${bound} bytes`, {
    field: 'message.payload.note',
    rule: 'string.max_bytes',
    bound,
  });
}

/** `error` is what went wrong, as text or as an object with `reason` and `message`. */
function errorOf({ error }: Record<string, JsonValue>): TaskError {
  if (typeof error === 'object' && error !== null && !Array.isArray(error)) {
    return create(TaskErrorSchema, { reason: brief(error.reason) || 'failed', message: brief(error.message) });
  }
  return create(TaskErrorSchema, { reason: 'failed', message: brief(error) });
}

function payloadOf({ content }: Envelope): Record<string, JsonValue> {
  return content.case === 'payload' ? content.value : {};
}

function brief(value: JsonValue | undefined): string {
  // By characters and not by units, so that none is cut in half.
  return [...text(value).slice(0, TASK_LIMITS.maxErrorLength * 2)].slice(0, TASK_LIMITS.maxErrorLength).join('');
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
