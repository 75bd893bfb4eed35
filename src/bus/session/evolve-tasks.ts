import { create } from '@bufbuild/protobuf';
import type { SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Task, TaskErrorSchema, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';

/** Where tasks are looked up and replaced. */
export interface TaskStore {
  get(taskId: string): Task | undefined;
  set(taskId: string, task: Task): unknown;
}

/**
 * Brings the tasks of a session up to an event. The map is changed in place, because a
 * long session has thousands of tasks and one event changes one of them; the tasks
 * themselves are replaced, never changed. Results stay in the events.
 */
export function evolveTasks(tasks: TaskStore, event: SessionEvent): void {
  const { body } = event;
  if (body.case === 'taskDelegated') {
    if (body.value.task) tasks.set(body.value.task.taskId, body.value.task);
    return;
  }
  const taskId = taskIdOf(event);
  const before = taskId === undefined ? undefined : tasks.get(taskId);
  const fields = before && fieldsAfter(before, event);
  if (before === undefined || fields === undefined) return;
  tasks.set(before.taskId, { ...before, ...fields, ...(event.time && { updatedAt: event.time }) });
}

/** The task that an event changes; undefined for an event that changes none. */
export function taskIdOf({ body }: SessionEvent): string | undefined {
  switch (body.case) {
    case 'taskDelegated':
      return body.value.task?.taskId;
    case 'taskDelivered':
    case 'taskAccepted':
    case 'taskProgressed':
    case 'taskAttemptFailed':
    case 'taskCompleted':
    case 'taskFailed':
    case 'taskTimedOut':
    case 'taskCancelled':
      return body.value.taskId;
    default:
      return undefined;
  }
}

/** Whether a task can still be answered. */
export function isOpen(task: Task): boolean {
  return (
    task.status === TaskStatus.QUEUED || task.status === TaskStatus.DELIVERED || task.status === TaskStatus.WORKING
  );
}

function fieldsAfter(task: Task, { body, sequence }: SessionEvent): Partial<Task> | undefined {
  switch (body.case) {
    case 'taskDelivered':
      return task.status === TaskStatus.QUEUED ? { status: TaskStatus.DELIVERED } : {};
    case 'taskAccepted':
      return { status: TaskStatus.WORKING };
    case 'taskProgressed': {
      const { note, progress } = body.value;
      return { status: TaskStatus.WORKING, note, ...(progress !== undefined && { progress }) };
    }
    case 'taskAttemptFailed': {
      const { nextAssignee, nextAttempt, nextAttemptTime } = body.value;
      return {
        status: TaskStatus.QUEUED,
        assignee: nextAssignee,
        attempt: nextAttempt,
        progress: 0,
        note: '',
        fallbacksAsked: nextAttempt === 1 ? turnsTaken(task, nextAssignee) : task.fallbacksAsked,
        ...(nextAttemptTime && { attemptTime: nextAttemptTime }),
      };
    }
    case 'taskCompleted':
      return { status: TaskStatus.COMPLETED, progress: 100, endedSequence: sequence };
    case 'taskFailed':
      return { status: TaskStatus.FAILED, endedSequence: sequence, ...errorOf(body.value) };
    case 'taskTimedOut':
      return { status: TaskStatus.TIMED_OUT, endedSequence: sequence, ...errorOf(body.value) };
    case 'taskCancelled': {
      const error = create(TaskErrorSchema, { reason: body.value.code, message: body.value.reason });
      return { status: TaskStatus.CANCELLED, endedSequence: sequence, error };
    }
    default:
      return undefined;
  }
}

/** How many fallbacks had their turn once one of them is asked: those that were passed over count. */
function turnsTaken({ routing }: Task, fallback: string): number {
  return (routing?.fallbackAgents.indexOf(fallback) ?? -1) + 1;
}

function errorOf({ error }: Pick<Task, 'error'>): Pick<Task, 'error'> {
  return error === undefined ? {} : { error };
}
