import type { Clock } from '../lib/clock.ts';

/**
 * The clock of a client. Other than the system clock of the bus its timers keep the
 * process alive, as the program waits for what they lead to, and it runs in browsers.
 */
export function createClientClock(): Clock {
  let latest = 0;
  return {
    now() {
      latest = Math.max(latest, Date.now());
      return latest;
    },
    setTimer(callback, delayMs) {
      const timeout = setTimeout(callback, Math.max(delayMs, 0));
      return { cancel: () => clearTimeout(timeout) };
    },
  };
}
