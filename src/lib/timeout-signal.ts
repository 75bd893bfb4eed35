import type { Clock } from './clock.ts';

/** A signal that aborts after some time, or with another signal. */
export interface TimeoutSignal {
  readonly signal: AbortSignal;
  /** Whether the time is over; a signal that aborted earlier does not count. */
  readonly timedOut: boolean;
  /** Frees the timer. */
  cancel(): void;
}

/** `delayMs` 0 has aborted already. */
export function createTimeoutSignal(clock: Clock, delayMs: number, parent: AbortSignal): TimeoutSignal {
  const controller = new AbortController();
  const timer = delayMs > 0 ? clock.setTimer(() => controller.abort(), delayMs) : undefined;
  if (timer === undefined) controller.abort();
  return {
    signal: AbortSignal.any([parent, controller.signal]),
    get timedOut() {
      return controller.signal.aborted;
    },
    cancel: () => timer?.cancel(),
  };
}
