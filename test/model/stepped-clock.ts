import type { Clock } from '../../src/lib/clock.ts';

/** A clock that goes from one moment at which something is due to the next, so that all that follows can follow. */
export interface SteppedClock extends Clock {
  /** When the next timer is due; Infinity if there is none. */
  readonly nextDue: number;
  /** Moves on to `at` and fires the timers that are due by then. */
  moveTo(at: number): void;
}

export function createSteppedClock(startMs: number): SteppedClock {
  interface Entry {
    readonly at: number;
    readonly callback: () => void;
  }
  const entries = new Set<Entry>();
  let now = startMs;
  const nextDue = (): number => {
    let first = Infinity;
    for (const { at } of entries) if (at < first) first = at;
    return first;
  };
  return {
    now: () => now,
    setTimer(callback, delayMs) {
      const entry: Entry = { at: now + Math.max(delayMs, 0), callback };
      entries.add(entry);
      return { cancel: () => void entries.delete(entry) };
    },
    get nextDue() {
      return nextDue();
    },
    moveTo(at) {
      now = Math.max(now, at);
      for (const entry of [...entries].filter((one) => one.at <= now).sort((a, b) => a.at - b.at)) {
        if (entries.delete(entry)) entry.callback();
      }
    },
  };
}
