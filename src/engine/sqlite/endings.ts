import type { Clock } from '../../lib/clock.ts';
import type { EngineLimits, EngineObserver, MessageKey, RedeliveryReason } from '../engine.ts';
import type { Entry } from './mailbox.ts';
import { isExpired } from './mailbox.ts';
import { countAttempts } from './operations/count-attempts.ts';
import { bury, expire } from './operations/end-messages.ts';
import type { PendingMail } from './pending-mail.ts';
import type { StoreThread } from './store-thread.ts';

/** What becomes of messages that were not acknowledged. Nothing here waits for the disk. */
export interface Endings {
  /** Ends leases; each message becomes available again, unless it is exhausted or has expired. */
  giveBack(entries: readonly Entry[], giveBack: GiveBack): void;
  /** Makes dead letters of messages in any state. */
  bury(entries: readonly Entry[], reason: string): void;
  /** Drops messages that are too old to be delivered, in any state. */
  expire(entries: readonly Entry[]): void;
}

export interface GiveBack {
  readonly because: RedeliveryReason;
  readonly delayMs: number;
  /** False if the messages never left the bus: then it was no delivery. */
  readonly delivered: boolean;
}

export interface EndingsOptions {
  readonly clock: Clock;
  readonly limits: EngineLimits;
  readonly observer: EngineObserver;
  readonly pending: PendingMail;
  readonly store: StoreThread;
}

const EXPIRED = 'expired before it was acknowledged';
const EXHAUSTED: Readonly<Record<RedeliveryReason, string>> = {
  lease_expired: 'delivery attempts exhausted: the lease expired',
  holder_gone: 'delivery attempts exhausted: the receiver went away',
  rejected: 'delivery attempts exhausted: the receiver rejected it',
  bus_restarted: 'delivery attempts exhausted: the bus restarted',
};

export function createEndings({ clock, limits, observer, pending, store }: EndingsOptions): Endings {
  const end = (entries: readonly Entry[], reason: string, kind: 'bury' | 'expire'): void => {
    if (entries.length === 0) return;
    for (const entry of entries) pending.leave(entry);
    const done = (keys: MessageKey[]): void => {
      for (const [index, entry] of entries.entries()) {
        pending.remove(entry);
        const ended = {
          ...(keys[index] as MessageKey),
          recipient: entry.mailbox.agentId,
          attempts: entry.attempts,
          reason,
        };
        if (kind === 'bury') observer.deadLettered?.(ended);
        else observer.expired?.(ended);
      }
    };
    const request = { messages: entries, reason, at: clock.now() };
    store.submit(kind === 'bury' ? bury : expire, request, { done, failed: toldByObserver });
  };

  const giveBack = (entries: readonly Entry[], { because, delayMs, delivered }: GiveBack): void => {
    const now = clock.now();
    const counted: Entry[] = [];
    const expired: Entry[] = [];
    const exhausted: Entry[] = [];
    for (const entry of entries) {
      pending.endLease(entry);
      const counts = delivered && entry.handedOut;
      if (counts) {
        entry.attempts++;
        entry.returned = because;
      }
      if (isExpired(entry, now)) expired.push(entry);
      else if (counts && entry.attempts >= limits.maxDeliveries) exhausted.push(entry);
      else {
        if (counts) counted.push(entry);
        pending.putBack(entry, delayMs);
      }
    }
    if (counted.length > 0) {
      store.submit(countAttempts, { messages: counted, because }, { done() {}, failed: toldByObserver });
    }
    end(expired, EXPIRED, 'expire');
    end(exhausted, EXHAUSTED[because], 'bury');
  };
  return {
    giveBack,
    bury: (entries, reason) => end(entries, reason, 'bury'),
    expire: (entries) => end(entries, EXPIRED, 'expire'),
  };
}

/** Nobody waits for these writes; a store that fails tells so through `EngineObserver.failed`. */
function toldByObserver(): void {}
