import type { Clock } from '../lib/clock.ts';

/** Resolves after `delayMs`, or as soon as `signal` aborts; whoever cares looks at the signal. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (delayMs <= 0 || signal?.aborted) return resolve();
    const wake = () => {
      timer.cancel();
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.setTimer(wake, delayMs);
    signal?.addEventListener('abort', wake);
  });
}
