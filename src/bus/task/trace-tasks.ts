import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { SessionEvent, TaskDelegated } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { MessageKey } from '../../engine/engine.ts';
import { TRACE_LIMITS } from '../../limits.ts';
import { OUTCOME } from '../message/trace-attributes.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { Span, Tracer } from '../tracer.ts';
import { validTraceparent } from '../valid-traceparent.ts';
import { shownSessionId } from './loose-tasks.ts';

export interface TraceTasksOptions {
  readonly tracer: Tracer;
  readonly onEvent: SessionRegistry['onEvent'];
  /** The `traceparent` of a message that has none of its own, if it is known. */
  parentOf(message: MessageKey): string | undefined;
}

/** A task that is under way. */
interface OpenTask {
  readonly span: Span;
  attempts: number;
  assignee: string;
}

/** How a task ends: the word for it, and whether that is what its delegator hoped for. */
const ENDS = {
  taskCompleted: { status: 'COMPLETED', failed: false },
  taskFailed: { status: 'FAILED', failed: true },
  taskTimedOut: { status: 'TIMED_OUT', failed: true },
  taskCancelled: { status: 'CANCELLED', failed: true },
} as const;

/**
 * Tells a tracer of each task from its delegation to its end, by the events that say so. A task that was under way
 * when the bus started is not told of: its beginning was another process's. Returns the way to stop.
 */
export function traceTasks({ tracer, onEvent, parentOf }: TraceTasksOptions): () => void {
  if (!tracer.enabled) return () => undefined;
  const open = new Map<string, OpenTask>();

  const begin = ({ sessionId, time }: SessionEvent, { task }: TaskDelegated): void => {
    if (task === undefined) return;
    const { taskId, delegator, assignee, messageId, parentTaskId, step } = task;
    const shown = shownSessionId(sessionId);
    const span = tracer.start('task', {
      parent: validTraceparent(task.traceparent) ?? parentOf({ sender: delegator, messageId }),
      attributes: {
        'agentbus.task_id': taskId,
        'agentbus.delegator': delegator,
        ...(shown !== '' && { 'agentbus.session_id': shown }),
        ...(step !== '' && { 'agentbus.step': step }),
        ...(parentTaskId !== '' && { 'agentbus.parent_task_id': parentTaskId }),
      },
      ...(time && { startedAt: timestampMs(time) }),
    });
    open.set(nameOf(sessionId, taskId), { span, attempts: 1, assignee });
    if (open.size <= TRACE_LIMITS.maxOpen) return;
    const [oldest] = open;
    if (oldest === undefined) return;
    open.delete(oldest[0]);
    oldest[1].span.end({ attributes: { [OUTCOME]: 'not_followed' } });
  };
  const end = ({ sessionId, time }: SessionEvent, taskId: string, how: keyof typeof ENDS): void => {
    const name = nameOf(sessionId, taskId);
    const task = open.get(name);
    if (task === undefined) return;
    open.delete(name);
    const { status, failed } = ENDS[how];
    task.span.end({
      ...(failed && { error: status }),
      ...(time && { at: timestampMs(time) }),
      attributes: {
        'agentbus.status': status,
        'agentbus.attempts': task.attempts,
        'agentbus.assignee': task.assignee,
      },
    });
  };
  return onEvent((event) => {
    const { body, sessionId } = event;
    switch (body.case) {
      case 'taskDelegated':
        return begin(event, body.value);
      case 'taskAttemptFailed': {
        const task = open.get(nameOf(sessionId, body.value.taskId));
        if (task === undefined) return;
        task.attempts++;
        task.assignee = body.value.nextAssignee;
        return;
      }
      case 'taskCompleted':
      case 'taskFailed':
      case 'taskTimedOut':
      case 'taskCancelled':
        return end(event, body.value.taskId, body.case);
      default:
        return;
    }
  });
}

/** Ids have no space in them, but for logs of tasks outside of sessions, which have one each. */
function nameOf(sessionId: string, taskId: string): string {
  return `${sessionId} ${taskId}`;
}
