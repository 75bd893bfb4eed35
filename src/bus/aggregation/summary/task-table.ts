import { timestampMs } from '@bufbuild/protobuf/wkt';
import { type Task, type TaskError, TaskStatus } from '../../../../gen/ts/agentbus/v1/task_pb.js';
import { isOpen } from '../../session/evolve-tasks.ts';
import type { FailedAttempts, SessionHistory } from '../session-history.ts';
import { boundedTable } from './bounded-list.ts';
import { durationText } from './duration-text.ts';
import { escapeCode, escapeText } from './escape.ts';

/** What was asked of whom, and what became of it. `now` in milliseconds since the epoch. */
export function taskTable({ tasks, failedAttempts }: SessionHistory, now: number): string[] {
  const head = ['Task', 'Step', 'Assignee', 'Status', 'Attempts', 'Duration'];
  return boundedTable(head, [...tasks.values()], (task) => [
    escapeCode(task.taskId),
    escapeCode(task.step),
    escapeCode(task.assignee),
    TaskStatus[task.status],
    attemptsText(failedAttempts.get(task.taskId)),
    taskDuration(task, now),
  ]);
}

/** From the request to the end, or until now. */
export function taskDuration(task: Task, now: number): string {
  const { createdAt, updatedAt } = task;
  if (createdAt === undefined) return '–';
  const end = isOpen(task) || updatedAt === undefined ? now : timestampMs(updatedAt);
  return durationText(end - timestampMs(createdAt));
}

/** Why something did not succeed: the word for programs, and what there is for people. */
export function errorText(error: TaskError | undefined): string {
  if (error === undefined) return 'no reason given';
  const { reason, message } = error;
  return message === '' ? escapeCode(reason) : `${escapeCode(reason)}: ${escapeText(message)}`;
}

function attemptsText(failed: FailedAttempts | undefined): string {
  if (failed === undefined) return '1';
  const { count, newest } = failed;
  const left = count - newest.length;
  const each = newest.map(({ assignee, error }) => `${escapeCode(assignee)} ${errorText(error)}`);
  return `${count + 1}; failed: ${left === 0 ? '' : `${left} more, `}${each.join(', ')}`;
}
