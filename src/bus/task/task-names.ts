import type { Task } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { isOpen } from '../session/evolve-tasks.ts';
import type { TaskMap } from '../session/task-map.ts';

/** Ids of the tasks that one request makes, in the order of its recipients. */
export function taskIdsOf(messageId: string, recipients: number): string[] {
  if (recipients === 1) return [messageId];
  return Array.from({ length: recipients }, (_, index) => `${messageId}#${index + 1}`);
}

/** The tasks that a request made: one under its own name, or several under numbered ones. */
export function* tasksOfMessage(tasks: TaskMap, messageId: string): Generator<Task> {
  const single = tasks.get(messageId);
  if (single?.messageId === messageId) yield single;
  for (let number = 1; ; number++) {
    const task = tasks.get(`${messageId}#${number}`);
    if (task === undefined || task.messageId !== messageId) return;
    yield task;
  }
}

/**
 * The open task that an agent means by a name: the task's own, or that of the request which it was given.
 * Undefined if it has none of that name.
 */
export function openTaskOf(tasks: TaskMap, name: string, assignee: string): Task | undefined {
  const named = tasks.get(name);
  if (named !== undefined && isOpen(named) && named.assignee === assignee) return named;
  for (const task of tasksOfMessage(tasks, name)) {
    if (isOpen(task) && task.assignee === assignee) return task;
  }
  return undefined;
}
