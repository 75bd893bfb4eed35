import type { Clock } from '../../lib/clock.ts';
import { createDeadlineQueue, NOT_QUEUED } from './deadline-queue.ts';
import type { Entry, Mailbox, ParkedExpiry } from './mailbox.ts';
import { createPackedHeap } from './packed-heap.ts';

/** Lets parked mail expire, with one deadline a mailbox. */
export interface ParkedExpiries {
  /** Told of a message that was parked. */
  add(mailbox: Mailbox, message: { readonly sequence: number; readonly expiresAt: number }): void;
  /** Told of one that is parked no more. */
  remove(mailbox: Mailbox, message: { readonly expiresAt: number }): void;
  /** Told that nobody knows a mailbox any more; nothing is parked in it. */
  forget(mailbox: Mailbox): void;
  start(): void;
  stop(): void;
}

export interface ParkedExpiriesOptions {
  readonly clock: Clock;
  /** At most this many messages are handed to `onDue` in one turn of the event loop. */
  readonly perTurn: number;
  /** Gets messages that have expired, parked no more; never an empty list. */
  onDue(entries: Entry[]): void;
}

/** Sequences that are parked no more stay in the heap; past this many, and half of all, they are swept out. */
const MIN_SWEEP = 64;

export function createParkedExpiries({ clock, perTurn, onDue }: ParkedExpiriesOptions): ParkedExpiries {
  const queue = createDeadlineQueue<ParkedExpiry>({
    clock,
    perTurn,
    onDue(due) {
      const now = clock.now();
      const expired: Entry[] = [];
      for (const expiry of due) {
        takeExpired(expiry, { now, room: perTurn - expired.length, expired });
        // What there was no room for is due still, and comes with the next turn.
        setFor(expiry);
      }
      if (expired.length > 0) onDue(expired);
    },
  });
  const setFor = (expiry: ParkedExpiry): void => {
    if (expiry.duePlace !== NOT_QUEUED && expiry.dueAt <= expiry.heap.firstKey) return;
    queue.remove(expiry);
    expiry.dueAt = expiry.heap.firstKey;
    if (expiry.heap.size > 0) queue.add(expiry);
  };
  return {
    add(mailbox, { sequence, expiresAt }) {
      if (expiresAt === Number.POSITIVE_INFINITY) return;
      mailbox.parkedExpiry ??= { dueAt: 0, duePlace: NOT_QUEUED, mailbox, heap: createPackedHeap(), parked: 0 };
      mailbox.parkedExpiry.heap.push(expiresAt, sequence);
      mailbox.parkedExpiry.parked++;
      setFor(mailbox.parkedExpiry);
    },
    remove(mailbox, { expiresAt }) {
      const expiry = mailbox.parkedExpiry;
      if (expiry === undefined || expiresAt === Number.POSITIVE_INFINITY) return;
      expiry.parked--;
      const gone = expiry.heap.size - expiry.parked;
      if (gone >= MIN_SWEEP && gone > expiry.parked) expiry.heap.keep((sequence) => isParked(mailbox, sequence));
    },
    forget(mailbox) {
      if (mailbox.parkedExpiry !== undefined) queue.remove(mailbox.parkedExpiry);
    },
    start: () => queue.start(),
    stop: () => queue.stop(),
  };
}

function takeExpired(expiry: ParkedExpiry, into: { now: number; room: number; expired: Entry[] }): void {
  const { heap, mailbox } = expiry;
  for (let room = into.room; room > 0 && heap.firstKey <= into.now; ) {
    const entry = mailbox.ready.unpark(heap.pop() as number);
    if (entry === undefined) continue;
    into.expired.push(entry);
    room--;
  }
}

function isParked({ ready }: Mailbox, sequence: number): boolean {
  return ready.findParked(sequence) !== undefined;
}
