import type { Clock } from '../../src/lib/clock.ts';

/** A clock that knows how many of its timers are still to fire: one that nobody cancels is a leak that nobody sees. */
export interface CountingClock extends Clock {
  readonly pending: number;
}

export function createCountingClock(clock: Clock): CountingClock {
  const open = new Set<object>();
  return {
    get pending() {
      return open.size;
    },
    now: clock.now,
    setTimer(callback, delayMs) {
      const mark = {};
      const fire = (): void => {
        open.delete(mark);
        callback();
      };
      open.add(mark);
      const timer = clock.setTimer(fire, delayMs);
      return {
        cancel() {
          open.delete(mark);
          timer.cancel();
        },
      };
    },
  };
}
