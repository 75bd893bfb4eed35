import type { Load } from './conduct.ts';
import { createDriver, type Driver } from './drive.ts';
import { createLedger, type Ledger } from './ledger.ts';
import type { Meter } from './meter.ts';
import { sumCounts } from './sum-counts.ts';

export interface CopiesOptions {
  readonly meter: Meter;
  /** Copies of each message: recipients or watchers. Each is a round of its own. */
  readonly copies: number;
  /** Messages under way at a time. */
  readonly window: number;
  /** Puts a message on its way to all. */
  send(message: number): void;
  /** Whether nothing is under way that the ledgers do not know of. */
  isIdle?(): boolean;
  close(): void;
}

/** One sender, and many that get a copy each. */
export interface Copies {
  readonly load: Load;
  /** The books of each recipient. */
  readonly ledgers: readonly Ledger[];
  /** The message, and so each copy of it, was accepted. */
  accepted(message: number): void;
}

/** Makes a closed loop in which a message is under way until its last copy is settled. */
export function createCopies({ meter, copies, window, send, isIdle, close }: CopiesOptions): Copies {
  let driver: Driver | undefined;
  const settled = () => driver?.look();
  const ledgers = Array.from({ length: copies }, () => createLedger({ meter, capacity: window * 2, settled }));
  const all = {
    get next() {
      return ledgers[0]?.next ?? 0;
    },
    send(dueAt: number) {
      for (const ledger of ledgers) ledger.send(dueAt);
    },
  };
  const pace = {
    ready: () => window - Math.max(...ledgers.map(({ underWay }) => underWay)),
    dueAt: (_: number, now: number) => now,
  };
  return {
    ledgers,
    accepted(message) {
      const now = performance.now();
      for (const ledger of ledgers) ledger.accepted(message, now);
    },
    load: {
      start() {
        driver = createDriver({ ledger: all, pace, batch: 1, send });
        driver.look();
      },
      stop: () => driver?.stop(),
      isIdle: () => ledgers.every(({ underWay }) => underWay === 0) && (isIdle?.() ?? true),
      counts: () => sumCounts(ledgers.map(({ counts }) => counts)),
      close,
    },
  };
}
