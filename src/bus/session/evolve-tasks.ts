import type { SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';

/** Tasks of one session by task id, in the order in which they were delegated. */
export type Tasks = Map<string, Task>;

/**
 * Brings the tasks of a session up to an event. The map is changed in place, because a
 * long session has thousands of tasks and one event changes one of them; the tasks
 * themselves are replaced, never changed. Results stay in the events.
 */
export function evolveTasks(tasks: Tasks, event: SessionEvent): void {
  const { body } = event;
  const patch = (taskId: string, fields: Partial<Task>) => {
    const before = tasks.get(taskId);
    if (before === undefined) return;
    tasks.set(taskId, { ...before, ...fields, ...(event.time && { updatedAt: event.time }) });
  };
  switch (body.case) {
    case 'taskDelegated':
      if (body.value.task) tasks.set(body.value.task.taskId, body.value.task);
      break;
    case 'taskProgressed':
      patch(body.value.taskId, {
        status: TaskStatus.WORKING,
        note: body.value.note,
        ...(body.value.progress !== undefined && { progress: body.value.progress }),
      });
      break;
    case 'taskCompleted':
      patch(body.value.taskId, { status: TaskStatus.COMPLETED, progress: 100 });
      break;
    case 'taskFailed':
      patch(body.value.taskId, {
        status: TaskStatus.FAILED,
        ...(body.value.error && { error: body.value.error }),
      });
      break;
    default:
      break;
  }
}

/** Whether a task can still be answered. */
export function isOpen(task: Task): boolean {
  return (
    task.status === TaskStatus.QUEUED || task.status === TaskStatus.DELIVERED || task.status === TaskStatus.WORKING
  );
}
