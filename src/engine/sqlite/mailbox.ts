import type { LeaseRequest, RedeliveryReason } from '../engine.ts';
import type { Deadline } from './deadline-queue.ts';
import { NOT_QUEUED } from './deadline-queue.ts';
import type { NewEntry } from './new-entry.ts';
import type { MailContent } from './operations/read-mail.ts';
import type { PackedHeap } from './packed-heap.ts';
import type { Queued, ReadyQueue } from './ready-queue.ts';
import { createReadyQueue } from './ready-queue.ts';

/** The mail of one agent, as the main thread knows it. */
export interface Mailbox {
  readonly agentId: string;
  /** Those of its messages that are not parked, by sequence. */
  readonly entries: Map<number, Entry>;
  readonly ready: ReadyQueue<Entry>;
  /** Present once something was parked that expires. */
  parkedExpiry: ParkedExpiry | undefined;
  /** Leased entries by holder. */
  readonly holders: Map<string, Set<Entry>>;
  /** Messages in it and on their way into it. */
  messages: number;
  /** Bytes of their envelopes. */
  bytes: number;
  /** Set when it is first delivered from; resolves when that is durable. */
  mark: Promise<void> | undefined;
  marked: boolean;
  /** Calls of `lease` that wait for the mark, and whether their holder was released meanwhile. */
  readonly awaitingMark: Set<{ readonly holder: string; released: boolean }>;
  /** Whether it was used since the last look for idle mailboxes. */
  touched: boolean;
}

/**
 * A message that is not settled, from when it is first leased or looked for, or at once if its envelope is in memory; before
 * that it is parked (`parked-mail.ts`), which is `ready` too. `ready` can be leased, `leased` is, `delayed` comes
 * later, `held_back` waits for a withdrawal that is under way to be refused, and `leaving` is on its way out, which only the disk has yet to confirm: `withdrawn`
 * tells those who wait for that word that a withdrawal came before them.
 * Its deadline is the end of the lease or of the delay.
 */
export interface Entry extends Queued, Deadline {
  readonly mailbox: Mailbox;
  readonly size: number;
  /** Present if it expires. */
  readonly expiry: Expiry | undefined;
  /** 0 if it has none. */
  readonly tag: number;
  /** The message under which its envelope is stored apart, for several copies or to be kept; 0 if it is not. */
  readonly shared: number;
  state: 'ready' | 'leased' | 'delayed' | 'held_back' | 'leaving' | 'withdrawn';
  /** Deliveries that ended. */
  attempts: number;
  returned: RedeliveryReason | undefined;
  /** Leases given out by this process; the number of the current or latest one. */
  leases: number;
  holder: string;
  leasedAt: number;
  /** Whether the current lease has left the engine; false while its envelope is read. */
  handedOut: boolean;
  /** Absent if it has to be read from disk. */
  content: MailContent | undefined;
}

/** The moment from which a message is not delivered any more. */
export interface Expiry extends Deadline {
  entry: Entry | undefined;
}

/** The expiry of the parked mail of a mailbox: due when the first of it is. */
export interface ParkedExpiry extends Deadline {
  readonly mailbox: Mailbox;
  /** Sequences by the time at which they expire; among them some that are parked no more. */
  readonly heap: PackedHeap;
  /** How many of them are parked. */
  parked: number;
}

export interface MailboxOptions {
  readonly starvationLimit: number;
  /** Makes the entry of a message that is parked no more. */
  unpark(mailbox: Mailbox, message: NewEntry): Entry;
}

export function createMailbox(agentId: string, { starvationLimit, unpark }: MailboxOptions): Mailbox {
  const mailbox: Mailbox = {
    agentId,
    entries: new Map(),
    ready: createReadyQueue({ starvationLimit, unpark: (message) => unpark(mailbox, message) }),
    parkedExpiry: undefined,
    holders: new Map(),
    messages: 0,
    bytes: 0,
    mark: undefined,
    marked: false,
    awaitingMark: new Set(),
    touched: true,
  };
  return mailbox;
}

/** The entry of a sequence, made if the message was parked. */
export function findEntry({ entries, ready }: Mailbox, sequence: number): Entry | undefined {
  return entries.get(sequence) ?? ready.unpark(sequence);
}

export function createEntry(mailbox: Mailbox, entry: NewEntry): Entry {
  const { sequence, priority, size, expiresAt, tag, shared, attempts, returned } = entry;
  const expires = expiresAt !== Number.POSITIVE_INFINITY;
  // All fields at once and always in this order: there are many entries, and one shape keeps them small and fast.
  return {
    sequence,
    priority,
    queued: false,
    dueAt: 0,
    duePlace: NOT_QUEUED,
    mailbox,
    size,
    expiry: expires ? { dueAt: expiresAt, duePlace: NOT_QUEUED, entry: undefined } : undefined,
    tag,
    shared,
    state: 'ready',
    attempts,
    returned,
    leases: 0,
    holder: '',
    leasedAt: 0,
    handedOut: false,
    content: undefined,
  };
}

export function isExpired(entry: Entry, now: number): boolean {
  return entry.expiry !== undefined && entry.expiry.dueAt <= now;
}

/** What a lease request takes, in order of delivery, and what it finds too old to be delivered. */
export function takeReady(mailbox: Mailbox, request: LeaseRequest, now: number): { taken: Entry[]; expired: Entry[] } {
  const taken: Entry[] = [];
  const expired: Entry[] = [];
  let room = request.maxBytes;
  while (taken.length < request.limit) {
    const next = mailbox.ready.peek();
    if (next === undefined) break;
    if (isExpired(next, now)) {
      mailbox.ready.remove(next);
      expired.push(next);
      continue;
    }
    room -= next.size;
    if (room < 0 && taken.length > 0) break;
    mailbox.ready.take();
    taken.push(next);
  }
  return { taken, expired };
}
