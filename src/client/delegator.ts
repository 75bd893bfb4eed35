import type { Client } from '@connectrpc/connect';
import type { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import type { Answer, AskOptions } from './ask.ts';
import { defined } from './defined.ts';
import type { MessageSender } from './message-sender.ts';
import { type NewTask, taskRequest } from './new-task.ts';
import type { Address, OutgoingMessage } from './outgoing-message.ts';
import { type Task, toTask } from './records.ts';

/** Tasks as whoever delegates them works with them. Every call rejects with an AgentbusError. */
export interface Delegator {
  /**
   * Asks an agent to do a task, and resolves with the task's id when the bus has the task on disk. While the bus
   * is unavailable it tries again with the same id, so that the task exists once whatever happens.
   *
   * The answer goes into the session's events and the task's record, not into the mailbox of the agent that this client speaks
   * as, which nobody reads: see `replies` of {@link NewTask}.
   */
  delegate(task: NewTask): Promise<string>;
  /**
   * Asks an agent to do a task and waits for the answer, which may say that the task failed. The wait outlives restarts of
   * the bus; repeating it under the same `taskId` and content waits for the same task again. Like `delegate` it leaves
   * nothing in a mailbox.
   *
   * Rejects with TASK_TIMED_OUT if the task ran out of attempts or time, TASK_CANCELLED if it was called off, and
   * DEADLINE_EXCEEDED if the wait was over before the task.
   */
  ask(task: NewTask, options?: AskOptions): Promise<Answer>;
  /** A task with its result. Rejects with TASK_NOT_FOUND. */
  task(taskId: string): Promise<Task>;
  /**
   * Calls a task off, and the tasks that it caused; an agent that is at it is told to stop. Resolves with the task. For its
   * delegator and the session's orchestrator. Rejects with TASK_ENDED if it ended in another way before.
   */
  cancelTask(taskId: string, options?: { readonly reason?: string }): Promise<Task>;
}

/** What a delegator works with. */
export interface DelegatorOptions {
  readonly sessions: Client<typeof SessionService>;
  readonly sender: MessageSender;
  /** Absent for tasks outside of sessions. */
  readonly sessionId?: string;
}

/** Makes a delegator. Asks nothing of the bus. */
export function createDelegator({ sessions, sender, sessionId }: DelegatorOptions): Delegator {
  const request = (task: NewTask): OutgoingMessage => delegation(task, sessionId);
  return {
    delegate: async (task) => (await sender.send(request(task))).messageId,
    ask: async (task, options = {}) => sender.ask(request(task), options),
    task: async (taskId) => toTask(await sessions.getTask(defined({ sessionId, taskId }))),
    cancelTask: async (taskId, { reason } = {}) =>
      toTask(await sessions.cancelTask(defined({ sessionId, taskId, reason }))),
  };
}

/** The message that delegates a task for somebody who reads no mailbox. */
export function delegation(task: NewTask<Address>, sessionId: string | undefined): OutgoingMessage {
  return { replies: 'session', ...taskRequest(task), ...(sessionId !== undefined && { sessionId }) };
}
