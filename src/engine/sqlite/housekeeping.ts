import type { Clock, Timer } from '../../lib/clock.ts';
import { SQLITE_LIMITS } from '../../limits.ts';
import type { EngineLimits } from '../engine.ts';
import { markInUse } from './operations/mark-in-use.ts';
import { pruneRecords } from './operations/prune-records.ts';
import type { PendingMail } from './pending-mail.ts';
import type { StoreThread } from './store-thread.ts';

/** Forgets, now and then, what nobody asks for any more. */
export interface Housekeeping {
  stop(): void;
}

export interface HousekeepingOptions {
  readonly clock: Clock;
  readonly limits: EngineLimits;
  readonly store: StoreThread;
  readonly pending: PendingMail;
}

export function startHousekeeping({ clock, limits, store, pending }: HousekeepingOptions): Housekeeping {
  let stopped = false;
  let timer: Timer;

  const rest = (): void => {
    if (!stopped) timer = clock.setTimer(clean, SQLITE_LIMITS.pruneIntervalMs);
  };
  const clean = (): void => {
    for (const { agentId, marked } of pending.forgetIdle()) {
      if (marked) store.submit(markInUse, { agentId, inUse: false }, { done() {}, failed: toldByObserver });
    }
    prune(0);
  };
  // One step at a time: each queues behind what came in the meantime.
  const prune = (after: number): void => {
    if (stopped) return;
    const cutoff = clock.now() - limits.retention.messageAgeMs;
    const done = (next: number): void => (next > 0 ? prune(next) : rest());
    store.submit(
      pruneRecords,
      { cutoff, after, scan: SQLITE_LIMITS.pruneStepRecords },
      { done, failed: toldByObserver },
    );
  };
  rest();
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}

/** A store that fails tells so through `EngineObserver.failed`. */
function toldByObserver(): void {}
