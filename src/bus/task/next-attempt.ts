import { durationMs } from '@bufbuild/protobuf/wkt';
import { Backoff, type RetryPolicy } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Task } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { Random } from '../../lib/random.ts';
import { TASK_LIMITS } from '../../limits.ts';

/** Who is asked next, and when. */
export interface NextAttempt {
  readonly assignee: string;
  /** Counted from 1 for each assignee. */
  readonly attempt: number;
  readonly delayMs: number;
}

export interface Chances {
  readonly random: Random;
  /** Whether the assignee went away with the task. */
  readonly isGone: boolean;
}

/**
 * What may follow an attempt that failed, in order of preference: the same agent again after the backoff, as
 * often as the policy allows, then each fallback agent that had no turn yet, at once. An agent that went away is
 * asked again only when there is nobody else. Empty when all are exhausted.
 */
export function nextAttempts(task: Task, { random, isGone }: Chances): NextAttempt[] {
  const { routing, attempt, assignee, fallbacksAsked } = task;
  const policy = routing?.retryPolicy;
  const retries = policy?.maxRetries ?? 0;
  const retry =
    policy !== undefined && attempt <= retries
      ? [{ assignee, attempt: attempt + 1, delayMs: retryDelayMs(policy, attempt, random) }]
      : [];
  const fallbacks = (routing?.fallbackAgents ?? [])
    .slice(fallbacksAsked)
    .map((agentId) => ({ assignee: agentId, attempt: 1, delayMs: 0 }));
  return isGone ? [...fallbacks, ...retry] : [...retry, ...fallbacks];
}

/** Whether a task that is delegated like this may ever be sent a second time. */
export function mayBeRepeated({ routing }: Pick<Task, 'routing'>): boolean {
  return (routing?.retryPolicy?.maxRetries ?? 0) > 0 || (routing?.fallbackAgents.length ?? 0) > 0;
}

/**
 * Wait before the `retry`-th retry, counted from 1: the policy's, shortened by chance by up to half of it, so that
 * tasks that failed together are not repeated together.
 */
export function retryDelayMs(policy: RetryPolicy, retry: number, random: Random): number {
  const initialMs = policy.initialDelay ? durationMs(policy.initialDelay) : TASK_LIMITS.defaultInitialDelayMs;
  const maxMs = policy.maxDelay ? durationMs(policy.maxDelay) : TASK_LIMITS.defaultMaxDelayMs;
  const wholeMs = Math.min(initialMs * growth(policy.backoff, retry), maxMs);
  return Math.round(wholeMs * (1 - random.next() / 2));
}

function growth(backoff: Backoff, retry: number): number {
  switch (backoff) {
    case Backoff.LINEAR:
      return retry;
    case Backoff.EXPONENTIAL:
      return 2 ** (retry - 1);
    default:
      return 0;
  }
}
