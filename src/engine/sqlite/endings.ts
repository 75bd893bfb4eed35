import type { Clock } from '../../lib/clock.ts';
import type {
  EndedMessage,
  EngineLimits,
  EngineObserver,
  MessageKey,
  RedeliveryReason,
  Withdrawal,
} from '../engine.ts';
import type { DeadLetterTotal } from './dead-letter-total.ts';
import type { Listeners } from './listeners.ts';
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
  /** Told of messages that a write has taken back, durably, whatever was about to become of them. */
  withdrawn(copies: readonly WithdrawnEntry[], at: number): void;
}

export interface WithdrawnEntry {
  readonly entry: Entry;
  readonly withdrawal: Withdrawal;
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
  readonly listeners: Listeners<EndedMessage>;
  readonly deadLetters: DeadLetterTotal;
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

export function createEndings(options: EndingsOptions): Endings {
  const { clock, limits, observer, listeners, deadLetters, pending, store } = options;

  const tell = (entry: Entry, end: Pick<EndedMessage, 'state' | 'reason' | 'endedAt' | keyof MessageKey>): void => {
    const { mailbox, attempts, tag } = entry;
    const { sender, messageId, state, reason, endedAt } = end;
    const ended = { sender, messageId, recipient: mailbox.agentId, state, attempts, reason, tag, endedAt };
    if (state === 'dead_lettered') observer.deadLettered?.(ended);
    if (state === 'expired') observer.expired?.(ended);
    listeners.tell(ended);
  };
  const end = (entries: readonly Entry[], reason: string, state: 'dead_lettered' | 'expired'): void => {
    if (entries.length === 0) return;
    const at = clock.now();
    for (const entry of entries) pending.leave(entry);
    const done = (keys: (MessageKey | undefined)[]): void => {
      for (const [index, entry] of entries.entries()) {
        const key = keys[index];
        // A withdrawal that was under way came first: the message has ended, and was told of, by then.
        if (key === undefined) continue;
        pending.remove(entry);
        if (state === 'dead_lettered') deadLetters.add({ messages: 1, bytes: entry.size });
        tell(entry, { ...key, state, reason, endedAt: at });
      }
    };
    const operation = state === 'dead_lettered' ? bury : expire;
    store.submit(operation, { messages: entries, reason, at }, { done, failed: toldByObserver });
  };
  const count = (entries: readonly Entry[], because: RedeliveryReason): void => {
    if (entries.length === 0) return;
    store.submit(countAttempts, { messages: entries, because }, { done() {}, failed: toldByObserver });
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
    count(counted, because);
    end(expired, EXPIRED, 'expired');
    end(exhausted, EXHAUSTED[because], 'dead_lettered');
  };
  const withdrawn = (copies: readonly WithdrawnEntry[], at: number): void => {
    const uncounted: Entry[] = [];
    for (const { entry } of copies) {
      if (entry.state === 'leased' && entry.handedOut) entry.attempts++;
      if (entry.attempts > 0 && (entry.state === 'leased' || entry.state === 'leaving')) uncounted.push(entry);
      pending.leave(entry);
      pending.remove(entry);
      entry.state = 'withdrawn';
    }
    // The record was written without the delivery that was under way, of which only the memory knows.
    count(uncounted, 'holder_gone');
    for (const { entry, withdrawal } of copies) tell(entry, { ...withdrawal, state: 'withdrawn', endedAt: at });
  };
  return {
    giveBack,
    bury: (entries, reason) => end(entries, reason, 'dead_lettered'),
    expire: (entries) => end(entries, EXPIRED, 'expired'),
    withdrawn,
  };
}

/** Nobody waits for these writes; a store that fails tells so through `EngineObserver.failed`. */
function toldByObserver(): void {}
