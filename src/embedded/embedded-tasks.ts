import { TaskStatus } from '../../gen/ts/agentbus/v1/task_pb.js';
import type { Bus } from '../bus/bus.ts';
import type { Caller } from '../bus/caller.ts';
import { incomingFromEnvelope } from '../bus/message/incoming.ts';
import { taskIdsOf } from '../bus/task/task-names.ts';
import { mintId } from '../lib/ids.ts';
import type { Random } from '../lib/random.ts';
import { CALL_LIMITS } from '../limits.ts';
import { type AggregationView, viewAggregation } from './aggregation-view.ts';
import {
  type AddressInput,
  type AggregationInput,
  aggregateRequest,
  cancelRequest,
  type TaskInput,
  taskRequest,
} from './task-requests.ts';
import { type TaskView, viewTask } from './task-view.ts';

/** The tasks of an embedded bus's sessions. Rejections are BusErrors. */
export interface EmbeddedTasks {
  /**
   * Asks an agent to do a task, in the name of the session's orchestrator; resolves with the task's id when it is on disk. The
   * answer goes into the session's events and the task's record, and into nobody's mailbox.
   */
  delegate(sessionId: string, task: TaskInput): Promise<string>;
  /**
   * Asks everybody in a role, or all participants: each gets a task of its own, all of them or none. Resolves with the
   * tasks, in the order of the roster.
   */
  delegateToAll(sessionId: string, task: TaskInput<AddressInput>): Promise<{ task_id: string; assignee: string }[]>;
  /** A task with its result. */
  task(sessionId: string, taskId: string): Promise<TaskView>;
  /** The tasks in the order in which they were delegated, without their results; read page by page. */
  tasks(sessionId: string, query?: TaskListInput): AsyncIterable<TaskView>;
  /** Calls a task off, and the tasks that it caused. */
  cancelTask(sessionId: string, taskId: string, options?: { readonly reason?: string }): Promise<TaskView>;
  /** Makes one result of the answers to the session's tasks, and a summary of the session. Changes nothing. */
  aggregate(sessionId: string, how: AggregationInput): Promise<AggregationView>;
}

export interface TaskListInput {
  readonly status?: TaskView['status'];
  /** Only tasks that this agent is to do. */
  readonly assignee?: string;
}

export interface EmbeddedTasksOptions {
  readonly bus: Pick<Bus, 'sessions' | 'messages' | 'tasks' | 'aggregation'>;
  readonly caller: Caller;
  readonly random: Random;
}

export function createEmbeddedTasks({ bus, caller, random }: EmbeddedTasksOptions): EmbeddedTasks {
  async function delegateToAll(sessionId: string, task: TaskInput<AddressInput>) {
    const { orchestrator: delegator } = await bus.sessions.get(caller, sessionId);
    const request = taskRequest(task, { sessionId, delegator, newTaskId: mintId('msg', random) });
    const { messageId, recipients } = await bus.messages.send(caller, incomingFromEnvelope(request));
    const taskIds = taskIdsOf(messageId, recipients.length);
    return recipients.map((assignee, index) => ({ task_id: taskIds[index] ?? messageId, assignee }));
  }

  return {
    delegateToAll,
    async delegate(sessionId, task) {
      const [only] = await delegateToAll(sessionId, task);
      if (only === undefined) throw new Error('the bus delegated a task to nobody');
      return only.task_id;
    },
    task: async (sessionId, taskId) => viewTask(await bus.tasks.get(caller, { sessionId, taskId, delegator: '' })),
    async *tasks(sessionId, { status, assignee = '' } = {}) {
      const wanted = status ? TaskStatus[status.toUpperCase() as Uppercase<typeof status>] : TaskStatus.UNSPECIFIED;
      const query = { sessionId, status: wanted, assignee, limit: CALL_LIMITS.listPage.max };
      for (let after: number | undefined = 0; after !== undefined; ) {
        const page: Awaited<ReturnType<typeof bus.tasks.list>> = await bus.tasks.list(caller, { ...query, after });
        for (const task of page.tasks) yield viewTask(task);
        after = page.next;
      }
    },
    cancelTask: async (sessionId, taskId, { reason } = {}) =>
      viewTask(await bus.tasks.cancel(caller, cancelRequest(sessionId, taskId, reason))),
    async aggregate(sessionId, how) {
      const request = aggregateRequest(sessionId, how);
      return viewAggregation(
        await bus.aggregation.aggregate(caller, { ...request, signal: new AbortController().signal }),
      );
    },
  };
}
