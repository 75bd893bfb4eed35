import { timestampMs } from '@bufbuild/protobuf/wkt';
import type { MessageRecord, MessageRecords } from '../../engine/engine.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import { TASK_LIMITS } from '../../limits.ts';
import type { OpenTasks, PlacedTask } from './open-tasks.ts';
import type { Supervisor } from './supervisor.ts';

export interface GoneAgentsOptions {
  readonly openTasks: Pick<OpenTasks, 'inHand'>;
  readonly supervisor: Pick<Supervisor, 'attemptFailed'>;
  readonly messages: Pick<MessageRecords, 'find'>;
  readonly clock: Clock;
  /** How long an agent may be gone before its tasks go on to others. */
  readonly taskLeaseMs: number;
  /** When a registered agent that is gone was last heard of; undefined for one that is there, or that nobody knows. */
  goneSince(agentId: string): number | undefined;
  /** The store failed; the process is about to stop. */
  failed(error: unknown): void;
}

/**
 * Takes tasks from agents that went away with them. A task is an agent's for as long as the agent lives, however
 * long the work takes; gone for longer than the task lease, it has failed the attempt.
 *
 * Presence does not say when an agent goes, so it is looked at from time to time. While the mail of a task is leased
 * somebody holds it, by a call and without a stream: it is left alone. Returns the way to stop.
 */
export function watchGoneAgents(options: GoneAgentsOptions): () => void {
  const { openTasks, supervisor, messages, clock, taskLeaseMs, goneSince, failed } = options;
  // Nobody is gone because the bus was: agents need time to come back to it.
  const startedAt = clock.now();
  let timer: Timer;

  const rest = (): void => {
    timer = clock.setTimer(look, Math.ceil(taskLeaseMs / TASK_LIMITS.looksPerLease));
  };
  function look(): void {
    for (const { agentId, tasks } of openTasks.inHand()) {
      void takeAway(agentId, tasks.filter(isGoneWith(agentId))).catch(failed);
    }
    rest();
  }
  /** Whether an agent has been gone with a task, as it is now, for longer than the task lease. */
  function isGoneWith(agentId: string): (placed: PlacedTask) => boolean {
    const since = goneSince(agentId);
    return ({ live, task }) => {
      const { updatedAt } = live.tasks.get(task.taskId) ?? task;
      const heard = Math.max(since ?? Infinity, startedAt, updatedAt ? timestampMs(updatedAt) : 0);
      return heard + taskLeaseMs <= clock.now();
    };
  }
  async function takeAway(agentId: string, tasks: readonly PlacedTask[]): Promise<void> {
    const failure = { reason: 'AGENT_GONE', message: `${agentId} went away with the task` };
    for (let at = 0; at < tasks.length; at += TASK_LIMITS.recordsTogether) {
      const some = tasks.slice(at, at + TASK_LIMITS.recordsTogether);
      const keys = some.map(({ task: { delegator: sender, messageId } }) => ({ sender, messageId }));
      const records = await messages.find(keys);
      const free = some.filter((_, index) => !isLeased(records[index] ?? [], agentId));
      // The agent may have come back, or reported, while the records were read.
      const gone = free.filter(isGoneWith(agentId));
      await Promise.all(gone.map((placed) => supervisor.attemptFailed(placed, failure)));
    }
  }
  rest();
  return () => timer.cancel();
}

/** Whether somebody holds the mail of a task for its agent. */
function isLeased(copies: readonly MessageRecord[], agentId: string): boolean {
  return copies.some(({ recipient, state }) => recipient === agentId && state === 'delivered');
}
