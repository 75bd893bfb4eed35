import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { type Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { BusError } from '../bus-error.ts';
import { actorOf, actsFor, type Caller } from '../caller.ts';
import { isOpen } from '../session/evolve-tasks.ts';
import type { LiveSession } from '../session/live-session.ts';
import { visibleSession } from '../session/session-access.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { looseSessionId } from './loose-tasks.ts';
import type { PlacedTask } from './open-tasks.ts';
import { taskEnded, taskNotFound } from './parent.ts';
import type { Supervisor } from './supervisor.ts';
import { readOutcome } from './task-outcome.ts';

/** Tasks, as their delegators and the members of their sessions see them. All reject SESSION_NOT_FOUND. */
export interface Tasks {
  /** With its result. Rejects TASK_NOT_FOUND, FIELD_INVALID. */
  get(caller: Caller, name: TaskName): Promise<Task>;
  /** In the order of delegation, without results. */
  list(caller: Caller, query: TaskQuery): Promise<{ tasks: Task[]; next: number | undefined }>;
  /** Durable when it resolves. Rejects TASK_NOT_FOUND, NOT_DELEGATOR, TASK_ENDED, FIELD_INVALID. */
  cancel(caller: Caller, request: TaskName & { readonly reason: string }): Promise<Task>;
}

export interface TaskName {
  /** Empty for a task outside of sessions. */
  readonly sessionId: string;
  readonly taskId: string;
  /** Agent id; part of the name outside of sessions. Empty for the agent that the call acts for. */
  readonly delegator: string;
}

export interface TaskQuery {
  readonly sessionId: string;
  readonly status: TaskStatus;
  /** Agent id; empty for all. */
  readonly assignee: string;
  readonly limit: number;
  /** How many tasks of the session to pass over: `next` of the page before. */
  readonly after?: number;
}

export interface TasksOptions {
  readonly registry: SessionRegistry;
  readonly supervisor: Supervisor;
}

export function createTasks({ registry, supervisor }: TasksOptions): Tasks {
  async function find(caller: Caller, name: TaskName): Promise<PlacedTask> {
    const live =
      name.sessionId === '' ? await looseSession(caller, name) : await visibleSession(registry, caller, name.sessionId);
    const task = live.tasks.get(name.taskId);
    if (task === undefined) throw taskNotFound(name.taskId);
    return { live, task };
  }

  async function looseSession(caller: Caller, { taskId, delegator }: TaskName): Promise<LiveSession> {
    const agentId = delegator || caller.agentId;
    if (agentId === undefined) throw delegatorMissing();
    const live = await registry.load(looseSessionId(agentId, taskId));
    const task = live?.tasks.get(taskId);
    const isTheirs = task !== undefined && [task.delegator, task.assignee].some((id) => actsFor(caller, id));
    if (live === undefined || !isTheirs) throw taskNotFound(taskId);
    return live;
  }

  return {
    async get(caller, name) {
      const placed = await find(caller, name);
      // What is decided and not yet on disk is nobody's to see.
      if (placed.live.durable === undefined) await placed.live.written;
      const { task, answer } = await readOutcome(registry, placed);
      return answer === undefined ? task : { ...task, result: answer.result };
    },
    async list(caller, { sessionId, status, assignee, limit, after = 0 }) {
      const { tasks } = await visibleSession(registry, caller, sessionId);
      const found: Task[] = [];
      let seen = 0;
      for (const task of tasks.values()) {
        if (found.length === limit) return { tasks: found, next: seen };
        if (seen++ < after) continue;
        const isWanted =
          (status === TaskStatus.UNSPECIFIED || task.status === status) &&
          (assignee === '' || task.assignee === assignee);
        if (isWanted) found.push(task);
      }
      return { tasks: found, next: undefined };
    },
    async cancel(caller, request) {
      const placed = await find(caller, request);
      const { live, task } = placed;
      const isAllowed =
        actsFor(caller, task.delegator) || (request.sessionId !== '' && actsFor(caller, live.decided.orchestrator));
      if (!isAllowed) throw notDelegator(task);
      if (isOpen(task) && live.decided.state === SessionState.ACTIVE) {
        const reason = request.reason || 'cancelled';
        await supervisor.cancel(placed, { cancellation: { code: 'CANCELLED', reason }, actor: actorOf(caller) });
      } else if (task.status !== TaskStatus.CANCELLED) {
        throw taskEnded(task);
      } else {
        // A repeat is answered when what it repeats is on disk.
        await live.written;
      }
      return live.tasks.get(task.taskId) ?? task;
    },
  };
}

function delegatorMissing(): BusError {
  return new BusError('FIELD_INVALID', 'outside of sessions a task is named by its delegator too', {
    field: 'delegator',
    rule: 'required',
  });
}

function notDelegator({ taskId, delegator }: Task): BusError {
  return new BusError('NOT_DELEGATOR', `task ${taskId} is ${delegator}'s to cancel`, { task_id: taskId, delegator });
}
