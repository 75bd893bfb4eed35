import type { Clock } from '../src/lib/clock.ts';

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time on, firing the timers that come due, each at its own time, in order. */
  advance(ms: number): void;
  /** Timers that are still to fire. */
  readonly pending: number;
}

/** Starts at `startMs`: by default a fixed moment, so that stamps in tests can be written out. */
export function createFakeClock(startMs = Date.parse('2026-01-01T00:00:00Z')): FakeClock {
  interface Entry {
    readonly at: number;
    readonly order: number;
    readonly callback: () => void;
  }
  const entries = new Set<Entry>();
  let now = startMs;
  let order = 0;
  const nextDue = (until: number): Entry | undefined => {
    let first: Entry | undefined;
    for (const entry of entries) {
      if (entry.at > until) continue;
      if (first === undefined || entry.at < first.at || (entry.at === first.at && entry.order < first.order))
        first = entry;
    }
    return first;
  };
  return {
    now: () => now,
    setTimer(callback, delayMs) {
      const entry: Entry = { at: now + Math.max(delayMs, 0), order: order++, callback };
      entries.add(entry);
      return { cancel: () => void entries.delete(entry) };
    },
    advance(ms) {
      const until = now + ms;
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        entries.delete(due);
        now = due.at;
        due.callback();
      }
      now = until;
    },
    get pending() {
      return entries.size;
    },
  };
}
