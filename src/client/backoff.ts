import type { Random } from '../lib/random.ts';

/** How the waits before repeated tries grow. */
export interface BackoffOptions {
  /** Upper bound of the first wait. Default 200 ms: a restarted process is seldom back sooner. */
  readonly initialDelayMs?: number;
  /** Upper bound of every wait. Default 10 s: nobody notices a bus that has been back for longer than that. */
  readonly maxDelayMs?: number;
}

/** The waits before repeated tries. */
export interface Backoff {
  /** How long to wait before the next try, in milliseconds. */
  next(): number;
  /** Starts over, after a success. */
  reset(): void;
}

/**
 * Exponential backoff with full jitter: each wait is drawn evenly between 0 and a bound that
 * doubles, so that clients which lost the same bus do not come back in step.
 */
export function createBackoff(random: Random, options: BackoffOptions = {}): Backoff {
  const { initialDelayMs = 200, maxDelayMs = 10_000 } = options;
  let boundMs = initialDelayMs;
  return {
    next() {
      const delayMs = random.next() * Math.min(boundMs, maxDelayMs);
      boundMs = Math.min(boundMs * 2, maxDelayMs);
      return delayMs;
    },
    reset() {
      boundMs = initialDelayMs;
    },
  };
}
