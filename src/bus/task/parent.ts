import { type Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { BusError } from '../bus-error.ts';
import { type EnvelopeHead, isTaskRequest } from '../message/incoming.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { OpenTasks, PlacedTask } from './open-tasks.ts';
import { openTaskOf } from './task-names.ts';

export interface ParentScope {
  /** The session of the request. */
  readonly live: LiveSession | undefined;
  readonly openTasks: OpenTasks;
}

/**
 * The task that a request says caused it: one of the same session, or, outside of sessions, one that its sender was
 * given. Undefined if it names none. Throws TASK_NOT_FOUND, and TASK_ENDED if nothing may follow from it any more.
 */
export function requireParent(head: EnvelopeHead, scope: ParentScope): PlacedTask | undefined {
  if (!isTaskRequest(head) || head.parentTaskId === '') return undefined;
  const parent = findParent(head, scope);
  if (parent === undefined) throw taskNotFound(head.parentTaskId);
  const { status } = parent.task;
  if (status === TaskStatus.CANCELLED || status === TaskStatus.TIMED_OUT) throw taskEnded(parent.task);
  return parent;
}

/** The error for a task that the caller does not see. */
export function taskNotFound(taskId: string): BusError {
  return new BusError('TASK_NOT_FOUND', `there is no task ${taskId}`, { task_id: taskId });
}

/** The error for what a task that has ended does not allow. */
export function taskEnded({ taskId, status }: Task): BusError {
  const name = TaskStatus[status];
  return new BusError('TASK_ENDED', `task ${taskId} is ${name}`, { task_id: taskId, status: name });
}

function findParent({ sessionId, sender, parentTaskId }: EnvelopeHead, scope: ParentScope): PlacedTask | undefined {
  const { live, openTasks } = scope;
  if (sessionId === '') return openTasks.looseTaskOf(sender, parentTaskId);
  const task = live && (openTaskOf(live.tasks, parentTaskId, sender) ?? live.tasks.get(parentTaskId));
  return live && task && { live, task };
}
