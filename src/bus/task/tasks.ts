import { toBinary } from '@bufbuild/protobuf';
import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { type Task, TaskSchema, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { SESSION_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import { actorOf, actsFor, type Caller } from '../caller.ts';
import { isOpen } from '../session/evolve-tasks.ts';
import type { LiveSession } from '../session/live-session.ts';
import { visibleSession } from '../session/session-access.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { looseSessionId } from './loose-tasks.ts';
import type { PlacedTask } from './open-tasks.ts';
import { taskEnded, taskNotFound } from './parent.ts';
import { readAnswer } from './read-answer.ts';
import type { Supervisor } from './supervisor.ts';

/** Tasks, as their delegators and the members of their sessions see them. All reject SESSION_NOT_FOUND. */
export interface Tasks {
  /** With its result. Rejects TASK_NOT_FOUND, FIELD_INVALID. */
  get(caller: Caller, name: TaskName): Promise<Task>;
  /** In the order of delegation, without results. A page of large tasks ends early. */
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
      await onDisk(placed.live);
      const answer = await readAnswer(registry, placed);
      return answer === undefined ? placed.task : { ...placed.task, result: answer.result };
    },
    async list(caller, { sessionId, status, assignee, limit, after = 0 }) {
      const live = await visibleSession(registry, caller, sessionId);
      const { found, next } = select(live.tasks.values(), { status, assignee, limit, after });
      await onDisk(live);
      return { tasks: found, next };
    },
    async cancel(caller, request) {
      const { live, task: found } = await find(caller, request);
      // Another call may have ended it before this one came to its turn.
      const task = live.tasks.get(found.taskId) ?? found;
      const isAllowed =
        actsFor(caller, task.delegator) || (request.sessionId !== '' && actsFor(caller, live.decided.orchestrator));
      if (!isAllowed) throw notDelegator(task);
      if (isOpen(task) && live.decided.state === SessionState.ACTIVE) {
        const reason = request.reason || 'cancelled';
        await supervisor.cancel(
          { live, task },
          { cancellation: { code: 'CANCELLED', reason }, actor: actorOf(caller) },
        );
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

/** What is decided and not yet on disk is nobody's to see. Resolves when all that was decided before the call is. */
async function onDisk({ durable, decided, written }: LiveSession): Promise<void> {
  if (durable?.lastSequence !== decided.lastSequence) await written;
}

interface Selection extends Pick<TaskQuery, 'status' | 'assignee' | 'limit'> {
  readonly after: number;
}

function select(tasks: Iterable<Task>, { status, assignee, limit, after }: Selection) {
  const found: Task[] = [];
  let bytes = 0;
  let seen = 0;
  for (const task of tasks) {
    if (found.length === limit || bytes >= SESSION_LIMITS.listPageBytes) return { found, next: seen };
    if (seen++ < after) continue;
    const hasStatus = status === TaskStatus.UNSPECIFIED || task.status === status;
    if (!hasStatus || (assignee !== '' && task.assignee !== assignee)) continue;
    found.push(task);
    bytes += toBinary(TaskSchema, task).length;
  }
  return { found, next: undefined };
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
