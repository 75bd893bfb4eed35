import type { Clock } from '../../lib/clock.ts';
import { SQLITE_LIMITS } from '../../limits.ts';
import type { EngineLimits, LeaseRequest, MailboxDepth, MailboxRoom } from '../engine.ts';
import { createDeadlineQueue } from './deadline-queue.ts';
import type { Entry, Expiry, Mailbox } from './mailbox.ts';
import { createEntry, createMailbox, findEntry, takeReady } from './mailbox.ts';
import type { NewEntry } from './new-entry.ts';
import type { MailContent } from './operations/read-mail.ts';
import { createParkedExpiries } from './parked-expiry.ts';

/**
 * Everything that waits or is leased, in memory: who has what, what comes next, what
 * is due. It decides nothing and writes nothing; `mailboxes.ts` does.
 */
export interface PendingMail {
  find(agentId: string): Mailbox | undefined;
  /** A message that waits or is leased. */
  entry(agentId: string, sequence: number): Entry | undefined;
  /** Whether so many messages of `bytes` together fit in. */
  room(agentId: string, bytes: number, messages?: number): MailboxRoom;
  /** What all mailboxes hold together. */
  total(): MailboxDepth;
  /** Keeps room for a message that is on its way to the disk. */
  reserve(agentId: string, bytes: number): void;
  unreserve(agentId: string, bytes: number): void;
  /** Puts a message in the room that was reserved for it, to be available from its time on. */
  add(agentId: string, entry: NewEntry, content?: MailContent): void;
  /**
   * The way to put messages that are on disk into a mailbox while the store opens, when nobody waits for any: it is found once for all
   * of them.
   */
  loader(agentId: string): (entry: NewEntry) => void;
  /** Leases what is ready; the expired ones are left for the caller to end. */
  lease(mailbox: Mailbox, request: LeaseRequest): { taken: Entry[]; expired: Entry[] };
  extend(entry: Entry, leaseMs: number): void;
  /** Makes an entry available again, after a delay if one is given. It must not be leased. */
  putBack(entry: Entry, delayMs: number): void;
  endLease(entry: Entry): void;
  /** Takes an entry out of everything but its mailbox: it is on its way out. */
  leave(entry: Entry): void;
  /** Forgets an entry that has left, and frees its room. */
  remove(entry: Entry): void;
  leased(): Entry[];
  /** Forgets mailboxes that are empty and were not used since the last call. */
  forgetIdle(): Mailbox[];
  /** Lets leases, delays and messages run out; nothing does before this. */
  start(): void;
  /** Stops all timers. */
  stop(): void;
}

export interface PendingMailOptions {
  readonly clock: Clock;
  readonly limits: EngineLimits;
  /** The leases of these have run out; they are still leased. */
  onLeasesOver(entries: Entry[]): void;
  /** These have passed their expiresAt, whatever state they are in. */
  onExpired(entries: Entry[]): void;
  /** A message of this mailbox became available. */
  onAvailable(agentId: string): void;
}

export function createPendingMail({
  clock,
  limits,
  onLeasesOver,
  onExpired,
  onAvailable,
}: PendingMailOptions): PendingMail {
  const mailboxes = new Map<string, Mailbox>();
  let cachedBytes = 0;
  let cachedMessages = 0;
  let totalMessages = 0;
  let totalBytes = 0;

  const perTurn = SQLITE_LIMITS.deadlinesPerTurn;
  const wakes = createDeadlineQueue<Entry>({
    clock,
    perTurn,
    onDue(entries) {
      const over = entries.filter((entry) => entry.state === 'leased');
      for (const entry of entries) if (entry.state === 'delayed') makeReady(entry);
      if (over.length > 0) onLeasesOver(over);
    },
  });
  const expiries = createDeadlineQueue<Expiry>({
    clock,
    perTurn,
    onDue: (due) => onExpired(due.map((expiry) => expiry.entry as Entry)),
  });

  const parkedExpiries = createParkedExpiries({ clock, perTurn, onDue: onExpired });

  const makeReady = (entry: Entry): void => {
    entry.state = 'ready';
    entry.mailbox.ready.add(entry);
    onAvailable(entry.mailbox.agentId);
  };
  const delayUntil = (entry: Entry, at: number): void => {
    entry.state = 'delayed';
    entry.dueAt = at;
    wakes.add(entry);
  };
  /** Puts an entry into its mailbox, where it expires. */
  const enter = (mailbox: Mailbox, message: NewEntry): Entry => {
    const entry = createEntry(mailbox, message);
    mailbox.entries.set(entry.sequence, entry);
    if (entry.expiry !== undefined) {
      entry.expiry.entry = entry;
      expiries.add(entry.expiry);
    }
    return entry;
  };
  const unpark = (mailbox: Mailbox, message: NewEntry): Entry => {
    parkedExpiries.remove(mailbox, message);
    return enter(mailbox, message);
  };
  const isRoomInCache = (bytes: number): boolean =>
    cachedBytes + bytes <= limits.envelopeCacheBytes && cachedMessages < SQLITE_LIMITS.cachedMessages;
  const cache = (entry: Entry, content: MailContent): void => {
    entry.content = content;
    cachedBytes += entry.size;
    cachedMessages++;
  };
  /** The mailbox of an agent, made if there is none. */
  const mailboxOf = (agentId: string): Mailbox => {
    let mailbox = mailboxes.get(agentId);
    if (mailbox === undefined) {
      mailbox = createMailbox(agentId, { starvationLimit: limits.starvationLimit, unpark });
      mailboxes.set(agentId, mailbox);
    }
    return mailbox;
  };
  /** A mailbox in which there is room kept for a message, and which is therefore not forgotten. */
  const reserved = (agentId: string): Mailbox => mailboxes.get(agentId) as Mailbox;
  /** Counts a message in, or with -1 out. */
  const count = (mailbox: Mailbox, messages: 1 | -1, bytes: number): void => {
    mailbox.messages += messages;
    mailbox.bytes += messages * bytes;
    totalMessages += messages;
    totalBytes += messages * bytes;
  };
  /** Puts a message where it waits; whether it is available. */
  const place = (mailbox: Mailbox, newEntry: NewEntry, content?: MailContent): boolean => {
    const { availableAt } = newEntry;
    // What is not delivered soon would keep others out of the cache.
    if (availableAt > 0 && availableAt > clock.now()) {
      delayUntil(enter(mailbox, newEntry), availableAt);
      return false;
    }
    const cached = content !== undefined && isRoomInCache(newEntry.size);
    if (!cached && mailbox.ready.park(newEntry)) {
      parkedExpiries.add(mailbox, newEntry);
      return true;
    }
    const entry = enter(mailbox, newEntry);
    if (cached) cache(entry, content);
    entry.state = 'ready';
    mailbox.ready.add(entry);
    return true;
  };
  const endLease = (entry: Entry): void => {
    const { holders } = entry.mailbox;
    const held = holders.get(entry.holder);
    held?.delete(entry);
    if (held?.size === 0) holders.delete(entry.holder);
    wakes.remove(entry);
  };
  const startLease = (entry: Entry, { holder, leaseMs }: LeaseRequest, now: number): void => {
    const { holders } = entry.mailbox;
    const held = holders.get(holder);
    if (held === undefined) holders.set(holder, new Set([entry]));
    else held.add(entry);
    entry.state = 'leased';
    entry.holder = holder;
    entry.leases++;
    entry.leasedAt = now;
    entry.handedOut = false;
    entry.dueAt = now + leaseMs;
    wakes.add(entry);
  };
  return {
    find: (agentId) => mailboxes.get(agentId),
    entry(agentId, sequence) {
      const mailbox = mailboxes.get(agentId);
      return mailbox && findEntry(mailbox, sequence);
    },
    room(agentId, bytes, messages = 1) {
      const mailbox = mailboxes.get(agentId);
      const heldMessages = (mailbox?.messages ?? 0) + messages;
      const heldBytes = (mailbox?.bytes ?? 0) + bytes;
      const { maxMailboxMessages, maxMailboxBytes } = limits;
      if (heldMessages > maxMailboxMessages)
        return { ok: false, bound: 'messages', limit: maxMailboxMessages, actual: heldMessages };
      if (heldBytes > maxMailboxBytes) return { ok: false, bound: 'bytes', limit: maxMailboxBytes, actual: heldBytes };
      return { ok: true };
    },
    reserve(agentId, bytes) {
      const mailbox = mailboxOf(agentId);
      count(mailbox, 1, bytes);
      mailbox.touched = true;
    },
    unreserve: (agentId, bytes) => count(reserved(agentId), -1, bytes),
    total: () => ({ messages: totalMessages, bytes: totalBytes }),
    add(agentId, newEntry, content) {
      if (place(reserved(agentId), newEntry, content)) onAvailable(agentId);
    },
    loader(agentId) {
      const mailbox = mailboxOf(agentId);
      mailbox.touched = true;
      return (entry) => {
        count(mailbox, 1, entry.size);
        place(mailbox, entry);
      };
    },
    lease(mailbox, request) {
      const now = clock.now();
      mailbox.touched = true;
      const found = takeReady(mailbox, request, now);
      for (const entry of found.taken) startLease(entry, request, now);
      return found;
    },
    extend(entry, leaseMs) {
      wakes.remove(entry);
      entry.dueAt = clock.now() + leaseMs;
      wakes.add(entry);
    },
    putBack(entry, delayMs) {
      if (delayMs <= 0) return makeReady(entry);
      delayUntil(entry, clock.now() + delayMs);
    },
    endLease,
    leave(entry) {
      if (entry.state === 'leased') endLease(entry);
      wakes.remove(entry);
      entry.mailbox.ready.remove(entry);
      if (entry.expiry !== undefined) expiries.remove(entry.expiry);
      entry.state = 'leaving';
    },
    remove(entry) {
      const { mailbox } = entry;
      mailbox.entries.delete(entry.sequence);
      count(mailbox, -1, entry.size);
      if (entry.content === undefined) return;
      cachedBytes -= entry.size;
      cachedMessages--;
      entry.content = undefined;
    },
    leased: () => [...mailboxes.values()].flatMap(({ holders }) => [...holders.values()].flatMap((held) => [...held])),
    forgetIdle() {
      const idle: Mailbox[] = [];
      for (const mailbox of mailboxes.values()) {
        if (mailbox.messages === 0 && !mailbox.touched) idle.push(mailbox);
        mailbox.touched = false;
      }
      for (const mailbox of idle) {
        parkedExpiries.forget(mailbox);
        mailboxes.delete(mailbox.agentId);
      }
      return idle;
    },
    start() {
      wakes.start();
      expiries.start();
      parkedExpiries.start();
    },
    stop() {
      wakes.stop();
      expiries.stop();
      parkedExpiries.stop();
    },
  };
}
