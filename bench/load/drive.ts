import type { Ledger } from './ledger.ts';
import type { Pace } from './pace.ts';

/** Sends what a pace says, in batches. */
export interface Driver {
  /** Sends what is ready now. */
  look(): void;
  /** Sends no more from now on. */
  stop(): void;
}

export interface DriverOptions {
  readonly ledger: Pick<Ledger, 'next' | 'send'>;
  readonly pace: Pace;
  readonly batch: number;
  /** Puts messages with consecutive numbers on their way, in one frame or call. */
  send(first: number, count: number): void;
}

/** Makes a driver that was not looked at yet. */
export function createDriver({ ledger, pace, batch, send }: DriverOptions): Driver {
  let isOver = false;
  return {
    look() {
      if (isOver) return;
      const now = performance.now();
      for (let left = pace.ready(now); left > 0; left -= batch) {
        const first = ledger.next;
        const count = Math.min(left, batch);
        for (let index = 0; index < count; index++) ledger.send(pace.dueAt(first + index, now));
        send(first, count);
      }
    },
    stop() {
      isOver = true;
    },
  };
}

/**
 * Looks at the drivers of an open loop in each turn of the event loop, without rest: a timer is a millisecond late, which is more than
 * what is measured. Returns the way to stop.
 */
export function keepLooking(drivers: readonly Driver[]): () => void {
  let isOver = false;
  function look(): void {
    if (isOver) return;
    for (const driver of drivers) driver.look();
    setImmediate(look);
  }
  look();
  return () => {
    isOver = true;
  };
}
