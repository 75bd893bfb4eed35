import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { TaskDelegatedSchema, WorkflowUpdatedSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Task, type TaskSchema, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { SESSION_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import type { IncomingMessage } from '../message/incoming.ts';
import type { Draft } from '../session/draft.ts';
import { reopenStep } from '../session/reopen-step.ts';
import { stepForTask } from '../session/step-for-task.ts';
import { validTraceparent } from '../valid-traceparent.ts';
import { shownSessionId } from './loose-tasks.ts';
import { taskIdsOf } from './task-names.ts';

/** A request that is about to become tasks. */
export interface Delegation {
  readonly message: IncomingMessage;
  /** Agent ids, each once; a task for each. */
  readonly recipients: readonly string[];
  /** The task that caused them. */
  readonly parent: Task | undefined;
  /** Milliseconds since the epoch; undefined for none. */
  readonly deadline: number | undefined;
}

/** Adds the tasks that a request makes. Throws TASK_ID_TAKEN, LIMIT_REACHED. */
export function delegateTasks(draft: Draft, delegation: Delegation): void {
  const { message, recipients } = delegation;
  const { messageId } = message.head;
  const taskIds = taskIdsOf(messageId, recipients.length);
  // Agents may call their tasks by the message_id: it must not mean those of somebody else's request as well.
  for (const taskId of [messageId, ...taskIdsOf(messageId, Math.max(recipients.length, 2))]) requireFree(draft, taskId);
  requireFew(draft, taskIds.length);
  for (const [index, assignee] of recipients.entries()) {
    const task = newTask(draft, { ...delegation, taskId: taskIds[index] ?? '', assignee });
    draft.add({ case: 'taskDelegated', value: create(TaskDelegatedSchema, { task }) });
    takeUpStep(draft, task.step ?? '');
  }
}

function newTask(
  draft: Draft,
  { message, taskId, assignee, parent, deadline }: NewTask,
): MessageInitShape<typeof TaskSchema> {
  const { head } = message;
  const { session, now } = draft;
  const time = timestampFromMs(now);
  const { routing } = message.envelope();
  return {
    taskId,
    messageId: head.messageId,
    sessionId: shownSessionId(session.sessionId),
    step: head.step || (session.workflow === undefined ? '' : stepForTask(session.workflow, assignee)),
    delegator: head.sender,
    assignee,
    requestedAssignee: assignee,
    status: TaskStatus.QUEUED,
    attempt: 1,
    parentTaskId: parent?.taskId ?? '',
    priority: head.priority,
    createdAt: time,
    updatedAt: time,
    attemptTime: time,
    traceparent: validTraceparent(head.traceparent) ?? parent?.traceparent ?? '',
    ...(deadline !== undefined && { deadline: timestampFromMs(deadline) }),
    ...(routing && { routing }),
  };
}

type NewTask = Delegation & { readonly taskId: string; readonly assignee: string };

/** A step that was given up is under way again with a new task in it. */
function takeUpStep(draft: Draft, step: string): void {
  const { workflow } = draft.session;
  const reopened = workflow && step !== '' ? reopenStep(workflow, step, timestampFromMs(draft.now)) : undefined;
  if (reopened === undefined) return;
  draft.add({ case: 'workflowUpdated', value: create(WorkflowUpdatedSchema, { workflow: reopened }) });
}

function requireFree({ tasks, session }: Draft, taskId: string): void {
  const taken = tasks.get(taskId);
  if (taken === undefined) return;
  throw new BusError('TASK_ID_TAKEN', `there is a task ${taskId} of ${taken.delegator} already`, {
    task_id: taskId,
    session_id: shownSessionId(session.sessionId),
  });
}

function requireFew({ tasks }: Draft, more: number): void {
  const limit = SESSION_LIMITS.maxTasks;
  if (tasks.size + more <= limit) return;
  throw new BusError('LIMIT_REACHED', `a session has at most ${limit} tasks`, { bound: 'tasks of a session', limit });
}

/** When the tasks of a request time out: at its own deadline or at that of the task that caused it. */
export function deadlineOf(expiresAt: number | undefined, parent: Task | undefined): number | undefined {
  const inherited = parent?.deadline && timestampMs(parent.deadline);
  if (expiresAt === undefined || inherited === undefined) return expiresAt ?? inherited;
  return Math.min(expiresAt, inherited);
}
