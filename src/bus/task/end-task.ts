import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ReplyMode } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import {
  SessionTerminatedSchema,
  TaskCancelledSchema,
  TaskTimedOutSchema,
  WorkflowUpdatedSchema,
} from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Task, TaskErrorSchema, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { advanceWorkflow } from '../session/advance-workflow.ts';
import type { Draft } from '../session/draft.ts';
import type { EventBody } from '../session/event-body.ts';
import { isOpen } from '../session/evolve-tasks.ts';
import type { TaskMap } from '../session/task-map.ts';
import { type BusNews, busMessage, type TakenBack, taskGivenUp, taskTakenBack } from './bus-message.ts';
import { isLoose, looseSessionEnded } from './loose-tasks.ts';
import { mayBeRepeated } from './next-attempt.ts';
import { tasksOfMessage } from './task-names.ts';

/** Why a task did not succeed: a word for programs and words for people. */
export interface Failure {
  readonly reason: string;
  readonly message: string;
}

/** The task is past its deadline. */
export const DEADLINE_EXCEEDED: Failure = {
  reason: 'DEADLINE_EXCEEDED',
  message: 'the deadline of the task has passed',
};

/** Why a task is called off, and by whose words. */
export interface Cancellation {
  readonly code: 'CANCELLED' | 'PARENT_CANCELLED' | 'PARENT_TIMED_OUT' | 'SESSION_COMPLETED' | 'SESSION_TERMINATED';
  readonly reason: string;
}

/** Ends a task with its assignee's answer, `taskCompleted` or `taskFailed`. */
export function answerTask(draft: Draft, task: Task, body: EventBody): void {
  draft.add(body);
  // Mail of a later attempt that nobody took would only have the work done again. What was taken is the assignee's
  // to acknowledge.
  if (task.status === TaskStatus.QUEUED) withdraw(draft, task, 'the task was answered');
  forgetRequest(draft, task);
  followEnd(draft, [task]);
}

/** Ends a task that ran out of attempts or time, and tells its delegator. */
export function timeOutTask(draft: Draft, task: Task, { failure, tell }: { failure: Failure; tell: boolean }): void {
  const error = create(TaskErrorSchema, failure);
  takeBack(draft, task, { event: 'task_withdrawn', code: failure.reason, reason: failure.message });
  draft.add({ case: 'taskTimedOut', value: create(TaskTimedOutSchema, { taskId: task.taskId, error }) });
  forgetRequest(draft, task);
  if (tell && task.routing?.replyMode !== ReplyMode.SESSION) say(draft, taskGivenUp(task, failure));
  const reason = `task ${task.taskId}, from which it follows, timed out`;
  followEnd(draft, [task, ...cancelDescendants(draft, task, { code: 'PARENT_TIMED_OUT', reason })]);
}

/** Calls a task off, and the tasks that it caused. */
export function cancelTask(draft: Draft, task: Task, cancellation: Cancellation): void {
  callOff(draft, task, cancellation);
  const reason = `task ${task.taskId}, from which it follows, was cancelled`;
  followEnd(draft, [task, ...cancelDescendants(draft, task, { code: 'PARENT_CANCELLED', reason })]);
}

/** Ends the session with its last event, after calling off what is open in it. */
export function endSession(draft: Draft, ending: EventBody): void {
  const isCompleted = ending.case === 'sessionCompleted';
  const code = isCompleted ? 'SESSION_COMPLETED' : 'SESSION_TERMINATED';
  const reason = isCompleted ? 'the session was completed' : 'the session was terminated';
  for (const task of [...draft.tasks.values()].filter(isOpen)) callOff(draft, task, { code, reason });
  draft.add(ending);
}

/**
 * Moves the workflow on from the steps that something happened in, as far as their tasks allow; a step whose
 * policy says so ends the session.
 */
export function moveOn(draft: Draft, touched: readonly string[]): void {
  const { workflow, orchestrator } = draft.session;
  // A step goes on while a task in it is open. Most tasks end in such a step, and all tasks are looked at in others.
  const quiet = touched.filter((step) => draft.tasks.openIn(step) === 0);
  if (workflow === undefined || quiet.length === 0) return;
  const state = { workflow, orchestrator, tasks: draft.tasks.values(), touched: quiet };
  const advance = advanceWorkflow(state, timestampFromMs(draft.now));
  if (advance.workflow !== undefined) {
    draft.add({ case: 'workflowUpdated', value: create(WorkflowUpdatedSchema, { workflow: advance.workflow }) });
  }
  if (advance.stoppedBy === undefined) return;
  const termination = { reason: 'step_failed', details: `a task of the step "${advance.stoppedBy}" failed` };
  endSession(draft, { case: 'sessionTerminated', value: create(SessionTerminatedSchema, { termination }) });
}

/** Takes the mail of an attempt back that is over, and tells the agent if it has the task already. */
export function takeBack(draft: Draft, task: Task, why: TakenBack): void {
  withdraw(draft, task, why.reason);
  if (task.status !== TaskStatus.QUEUED) say(draft, taskTakenBack(task, why));
}

function followEnd(draft: Draft, ended: readonly Task[]): void {
  if (isLoose(draft.session.sessionId)) draft.add(looseSessionEnded());
  else moveOn(draft, [...new Set(ended.map(({ step }) => step).filter((step) => step !== ''))]);
}

function callOff(draft: Draft, task: Task, { code, reason }: Cancellation): void {
  takeBack(draft, task, { event: 'task_cancelled', code, reason });
  draft.add({ case: 'taskCancelled', value: create(TaskCancelledSchema, { taskId: task.taskId, code, reason }) });
  forgetRequest(draft, task);
}

/** Calls off what follows from a task in its own session, and gives it. */
function cancelDescendants(draft: Draft, task: Task, cancellation: Cancellation): Task[] {
  const open = openDescendants(draft.tasks, task.taskId);
  for (const descendant of open) callOff(draft, descendant, cancellation);
  return open;
}

/** Open tasks that a task caused, and those that they caused; what ended by itself does not end the line. */
function openDescendants(tasks: TaskMap, taskId: string): Task[] {
  const found: Task[] = [];
  const pending = [...tasks.childrenOf(taskId)];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const task = tasks.get(next);
    if (task !== undefined && isOpen(task)) found.push(task);
    pending.push(...tasks.childrenOf(next));
  }
  return found;
}

function withdraw(draft: Draft, { delegator, messageId, assignee }: Task, reason: string): void {
  draft.withdraw({ sender: delegator, messageId, recipient: assignee, reason });
}

/** The request is kept for further attempts until the last task that it made has ended. */
function forgetRequest(draft: Draft, task: Task): void {
  if (!mayBeRepeated(task)) return;
  for (const other of tasksOfMessage(draft.tasks, task.messageId)) if (isOpen(other)) return;
  draft.forget({ sender: task.delegator, messageId: task.messageId });
}

/** The bus's own words are lost on a mailbox that has no room: the session's events have the same facts. */
function say(draft: Draft, news: BusNews): void {
  const message = busMessage(news, draft);
  if (draft.hasRoom(news.recipient, message.envelope.length)) draft.send(message);
}
