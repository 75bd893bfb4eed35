import { durationMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { Task } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { MessageRecords } from '../../engine/engine.ts';
import { type Clock, MAX_TIMER_DELAY_MS, type Timer } from '../../lib/clock.ts';
import type { Draft, OpenDraft } from '../session/draft.ts';
import { isOpen, taskIdOf } from '../session/evolve-tasks.ts';
import type { LiveSession } from '../session/live-session.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { type Cancellation, cancelTask, DEADLINE_EXCEEDED, type Failure, timeOutTask } from './end-task.ts';
import { failAttempt } from './fail-attempt.ts';
import { mayBeRepeated } from './next-attempt.ts';
import type { OpenTasks, PlacedTask } from './open-tasks.ts';

/**
 * Sees to it that no task is forgotten: ends attempts that take too long and tasks that are past their deadline.
 *
 * A timer is nothing but a reminder of what the log says. When it fires the task is looked at as it is then, and what
 * is decided is an event; so timers survive a restart, because they are set anew from the log, and whatever they
 * bring about happens once.
 */
export interface Supervisor {
  /**
   * An attempt has come to nothing: the next one is made, or the task times out. Nothing happens if the task has
   * moved on meanwhile. Resolves when that is decided.
   */
  attemptFailed(placed: PlacedTask, failure: Failure): Promise<void>;
  /** Calls an open task off, with all that it caused; durable when it resolves. */
  cancel(placed: PlacedTask, order: CancelOrder): Promise<void>;
  stop(): void;
}

export interface CancelOrder {
  readonly cancellation: Cancellation;
  /** Agent id, principal, or `bus`. */
  readonly actor: string;
}

export interface SupervisorOptions {
  readonly registry: SessionRegistry;
  readonly openTasks: OpenTasks;
  readonly openDraft: OpenDraft;
  readonly messages: Pick<MessageRecords, 'envelope'>;
  readonly clock: Clock;
  /** Whether a call waits for the end of a task, and is told in it. */
  isAwaited(task: Task): boolean;
  /** How long a request that has no deadline may wait for its agent; absent means as long as it takes. */
  readonly defaultMessageTtlMs?: number;
  /** The store failed; the process is about to stop. */
  failed(error: unknown): void;
}

const BUS = 'bus';

export function superviseTasks(options: SupervisorOptions): Supervisor {
  const { registry, openTasks, openDraft, messages, clock, isAwaited, failed } = options;
  const { defaultMessageTtlMs: defaultTtlMs } = options;
  const timers = new Map<string, Timer>();

  function watch(placed: PlacedTask): void {
    const name = nameOf(placed);
    timers.get(name)?.cancel();
    timers.delete(name);
    const dueAt = isOpen(placed.task) ? nextDue(placed.task) : undefined;
    if (dueAt === undefined) return;
    const delayMs = Math.min(Math.max(dueAt - clock.now(), 0), MAX_TIMER_DELAY_MS);
    timers.set(
      name,
      clock.setTimer(() => look(placed), delayMs),
    );
  }

  function look({ live, task: { taskId } }: PlacedTask): void {
    const task = live.tasks.get(taskId);
    if (task === undefined || !isOpen(task)) return;
    const now = clock.now();
    if (task.deadline !== undefined && timestampMs(task.deadline) <= now) {
      const failure = DEADLINE_EXCEEDED;
      void end({ live, task }, 'PARENT_TIMED_OUT', (draft) =>
        timeOutTask(draft, task, { failure, tell: !isAwaited(task) }),
      ).catch(failed);
    } else if ((attemptEnd(task) ?? Infinity) <= now) {
      const failure = { reason: 'ATTEMPT_TIMED_OUT', message: `${task.assignee} did not answer in time` };
      void attemptFailed({ live, task }, failure).catch(failed);
    } else {
      watch({ live, task });
    }
  }

  async function attemptFailed(placed: PlacedTask, failure: Failure): Promise<void> {
    const { live, task } = placed;
    const { delegator: sender, messageId } = task;
    const envelope = mayBeRepeated(task) ? await messages.envelope({ sender, messageId }) : undefined;
    // The answer may have come, or the next attempt begun, while the request was read.
    if (live.tasks.get(task.taskId)?.attemptTime !== task.attemptTime || !isStillOpen(placed)) return;
    const current = live.tasks.get(task.taskId) ?? task;
    await end(placed, 'PARENT_TIMED_OUT', (draft) =>
      failAttempt(draft, current, { failure, envelope, tell: !isAwaited(task), defaultTtlMs }),
    );
  }

  /** Writes what ends an attempt or a task. */
  function end({ live, task }: PlacedTask, code: Cancellation['code'], decide: (draft: Draft) => void): Promise<void> {
    const draft = openDraft(live);
    decide(draft);
    const ends = !isOpen(draft.tasks.get(task.taskId) ?? task);
    const reason = `task ${task.taskId}, which caused it, ended`;
    if (!ends || !endLooseDescendants(live, { code, reason })) {
      return registry.append(live, draft.change(), { actor: BUS });
    }
    // What told of those has taken room that the draft has counted on.
    const last = openDraft(live);
    decide(last);
    return registry.append(live, last.change(), { actor: BUS });
  }

  /**
   * Calls off what a task outside of sessions caused, and what that caused; whether there was anything. The last of
   * the line goes first: a crash in between is repaired by doing it again.
   */
  function endLooseDescendants(parent: LiveSession, cancellation: Cancellation): boolean {
    const line = openTasks.looseChildren(parent.sessionId).map((placed) => ({ placed, cancellation }));
    // The line is as long as agents make it, and the loop sees what is pushed while it runs.
    for (const { placed } of line) {
      const children = openTasks.looseChildren(placed.live.sessionId);
      line.push(...children.map((child) => ({ placed: child, cancellation: parentCancelled(placed.task) })));
    }
    for (const { placed, cancellation } of line.toReversed()) {
      void callOff(placed, { cancellation, actor: BUS }).catch(failed);
    }
    return line.length > 0;
  }

  function callOff({ live, task }: PlacedTask, { cancellation, actor }: CancelOrder): Promise<void> {
    const draft = openDraft(live);
    cancelTask(draft, task, cancellation);
    return registry.append(live, draft.change(), { actor });
  }

  function cancel(placed: PlacedTask, order: CancelOrder): Promise<void> {
    endLooseDescendants(placed.live, parentCancelled(placed.task));
    return callOff(placed, order);
  }

  const unsubscribe = registry.onDecided((event, live) => {
    const taskId = taskIdOf(event);
    const task = taskId === undefined ? undefined : live.tasks.get(taskId);
    if (task !== undefined) watch({ live, task });
    if (event.body.case === 'participantRemoved') leaveBehind(live, event.body.value.agentId);
  });

  /** Who was removed can answer nothing any more. Not at once: the event is being written. */
  function leaveBehind(live: LiveSession, agentId: string): void {
    const theirs = [...live.tasks.values()].filter((task) => isOpen(task) && task.assignee === agentId);
    queueMicrotask(() => {
      for (const task of theirs) void attemptFailed({ live, task }, removedFromSession(agentId)).catch(failed);
    });
  }

  for (const placed of openTasks.all()) watch(placed);
  return {
    attemptFailed,
    cancel,
    stop() {
      unsubscribe();
      for (const timer of timers.values()) timer.cancel();
      timers.clear();
    },
  };
}

/** Why the attempt of an agent fails that is no member of the session any more. */
export function removedFromSession(agentId: string): Failure {
  return { reason: 'AGENT_GONE', message: `${agentId} was removed from the session` };
}

function parentCancelled({ taskId }: Task): Cancellation {
  return { code: 'PARENT_CANCELLED', reason: `task ${taskId}, which caused it, was cancelled` };
}

function isStillOpen({ live, task }: PlacedTask): boolean {
  const current = live.tasks.get(task.taskId);
  return live.decided.state === SessionState.ACTIVE && current !== undefined && isOpen(current);
}

/** When the task has to be looked at: at the end of its attempt or at its deadline; undefined if it has neither. */
function nextDue(task: Task): number | undefined {
  const attempt = attemptEnd(task);
  const deadline = task.deadline && timestampMs(task.deadline);
  if (attempt === undefined || deadline === undefined) return attempt ?? deadline;
  return Math.min(attempt, deadline);
}

function attemptEnd({ routing, attemptTime }: Task): number | undefined {
  return routing?.timeout && attemptTime && timestampMs(attemptTime) + durationMs(routing.timeout);
}

function nameOf({ live, task }: PlacedTask): string {
  return `${live.sessionId} ${task.taskId}`;
}
