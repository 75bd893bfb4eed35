import type { Clock } from '../../lib/clock.ts';

/** What clients make the bus hold by not finishing: requests that came in part, answers that were read in part. */
export interface HeldBytes {
  /** All of it, in bytes. */
  readonly total: number;
  /** For one body. `breakOff` is called at most once, when its time is over or when the bus holds too much. */
  open(breakOff: (why: BreakReason) => void): Holding;
}

export type BreakReason = 'too_late' | 'too_much';

/** What is held for one body. Nothing at first. */
export interface Holding {
  /** Holds this many bytes now. Its time runs from the first call since it rested. */
  hold(bytes: number): void;
  /** The same, and the client did its part: its time begins anew. */
  progress(bytes: number): void;
  /** Holds nothing, and waits for nothing of the client. */
  rest(): void;
}

export interface HeldBytesOptions {
  readonly clock: Clock;
  /** For all bodies together. */
  readonly maxBytes: number;
  /** For one body without progress, in milliseconds. */
  readonly maxMs: number;
}

interface Entry {
  bytes: number;
  since: number;
  readonly breakOff: (why: BreakReason) => void;
}

/**
 * Keeps the bodies in the order in which they last made progress. So the first one is at once the first whose time is over
 * and the one to give up when there are too many bytes: clients that go on are behind those that hold still.
 */
export function createHeldBytes({ clock, maxBytes, maxMs }: HeldBytesOptions): HeldBytes {
  const entries = new Set<Entry>();
  let total = 0;
  let isLooking = false;

  const set = (entry: Entry, bytes: number): void => {
    total += bytes - entry.bytes;
    entry.bytes = bytes;
  };
  const rest = (entry: Entry): void => {
    set(entry, 0);
    entries.delete(entry);
  };
  const breakOff = (entry: Entry, why: BreakReason): void => {
    rest(entry);
    entry.breakOff(why);
  };
  const look = (): void => {
    isLooking = false;
    for (const entry of entries) {
      const leftMs = entry.since + maxMs - clock.now();
      if (leftMs > 0) {
        lookIn(leftMs);
        return;
      }
      breakOff(entry, 'too_late');
    }
  };
  const lookIn = (delayMs: number): void => {
    isLooking = true;
    clock.setTimer(look, delayMs);
  };
  const begin = (entry: Entry): void => {
    entry.since = clock.now();
    entries.add(entry);
    if (!isLooking) lookIn(maxMs);
  };
  const bound = (): void => {
    for (const entry of entries) {
      if (total <= maxBytes) return;
      if (entry.bytes > 0) breakOff(entry, 'too_much');
    }
  };
  return {
    get total() {
      return total;
    },
    open(onBreak) {
      const entry: Entry = { bytes: 0, since: 0, breakOff: onBreak };
      return {
        hold(bytes) {
          if (!entries.has(entry)) begin(entry);
          set(entry, bytes);
          bound();
        },
        progress(bytes) {
          entries.delete(entry);
          begin(entry);
          set(entry, bytes);
          bound();
        },
        rest: () => rest(entry),
      };
    },
  };
}
