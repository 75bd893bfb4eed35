import type {
  Acknowledgement,
  EndedMessage,
  Lease,
  LeaseRequest,
  Mailboxes,
  MessageKey,
  TaggedMessage,
} from '../engine.ts';
import { formatDeliveryId, parseDeliveryId } from './delivery-id.ts';
import type { Endings } from './endings.ts';
import type { Listeners } from './listeners.ts';
import type { OpenedState } from './load-state.ts';
import { type Entry, findEntry, type Mailbox } from './mailbox.ts';
import { acknowledge } from './operations/acknowledge.ts';
import { markInUse } from './operations/mark-in-use.ts';
import type { MailContent } from './operations/read-mail.ts';
import { readMail } from './operations/read-mail.ts';
import type { PendingMail } from './pending-mail.ts';
import type { StoreThread } from './store-thread.ts';
import type { Subscribers } from './subscribers.ts';
import type { Withdrawals } from './withdrawals.ts';

export interface MailboxesOptions {
  readonly store: StoreThread;
  readonly pending: PendingMail;
  readonly endings: Endings;
  readonly withdrawals: Withdrawals;
  readonly subscribers: Subscribers;
  readonly listeners: Listeners<EndedMessage>;
  readonly opened: OpenedState;
}

export function createMailboxes(options: MailboxesOptions): Mailboxes {
  const { store, pending, endings, withdrawals, subscribers, listeners, opened } = options;
  const markOnce = (mailbox: Mailbox): Promise<void> => {
    mailbox.mark ??= store.call(markInUse, { agentId: mailbox.agentId, inUse: true }).then(() => {
      mailbox.marked = true;
    });
    return mailbox.mark;
  };
  /** Waits for the mark of a mailbox; false if the holder is released meanwhile, and is to get nothing. */
  const awaitMark = async (mailbox: Mailbox, holder: string): Promise<boolean> => {
    const call = { holder, released: false };
    mailbox.awaitingMark.add(call);
    await markOnce(mailbox).finally(() => mailbox.awaitingMark.delete(call));
    return !call.released;
  };
  const handOut = (entry: Entry, content: MailContent): Lease => {
    entry.handedOut = true;
    const { sequence, leases, attempts, returned, dueAt, priority, tag } = entry;
    const { sender, messageId, acceptedAt, envelope } = content;
    const deliveryId = formatDeliveryId({ sequence, epoch: opened.epoch, lease: leases });
    const lease = {
      deliveryId,
      attempt: attempts + 1,
      leaseExpiresAt: dueAt,
      sender,
      messageId,
      priority,
      tag,
      acceptedAt,
      envelope,
    };
    return returned === undefined ? lease : { ...lease, redeliveredBecause: returned };
  };
  const readAndHandOut = async (taken: readonly Entry[]): Promise<Lease[]> => {
    // The leases may end while the disk is read; a number tells them from later ones.
    const numbers = taken.map((entry) => entry.leases);
    const missing = taken.filter((entry) => entry.content === undefined);
    const contents = await store.call(
      readMail,
      missing.map((entry) => entry.sequence),
    );
    const read = new Map(missing.map((entry, index) => [entry, contents[index]]));
    return taken.flatMap((entry, index) => {
      const content = entry.content ?? read.get(entry);
      const stillOurs = entry.state === 'leased' && entry.leases === numbers[index];
      if (!stillOurs || content === undefined || withdrawals.holdBack(entry, content)) return [];
      return [handOut(entry, content)];
    });
  };
  const handOutCached = (taken: readonly Entry[]): Lease[] => {
    const leases: Lease[] = [];
    for (const entry of taken) {
      const content = entry.content as MailContent;
      if (!withdrawals.holdBack(entry, content)) leases.push(handOut(entry, content));
    }
    return leases;
  };
  /** The message an id names, if the id is one that may settle it. */
  const named = (agentId: string, id: string): { entry: Entry; current: boolean } | undefined => {
    const parsed = parseDeliveryId(id);
    const mailbox = parsed && pending.find(agentId);
    if (mailbox === undefined || parsed === undefined) return undefined;
    if (parsed.epoch === opened.epoch) {
      // Not among those that are parked: nobody has leased them in this run.
      const entry = mailbox.entries.get(parsed.sequence);
      if (entry === undefined || entry.state === 'leaving') return undefined;
      if (parsed.lease < 1 || parsed.lease > entry.leases) return undefined;
      return { entry, current: entry.state === 'leased' && parsed.lease === entry.leases };
    }
    // A run before this one can only have handed out what was there when this one began.
    if (parsed.epoch > opened.epoch || parsed.sequence > opened.lastSequence) return undefined;
    const entry = findEntry(mailbox, parsed.sequence);
    return entry === undefined || entry.state === 'leaving' ? undefined : { entry, current: false };
  };
  const eachCurrent = (agentId: string, deliveryIds: readonly string[], act: (entry: Entry) => void): string[] =>
    deliveryIds.filter((id) => {
      const found = named(agentId, id);
      if (found === undefined || !found.current) return true;
      act(found.entry);
      return false;
    });
  /** Entries of current leases, each once, with the ids that name none. */
  const currentEntries = (agentId: string, deliveryIds: readonly string[]): { entries: Entry[]; stale: string[] } => {
    const entries = new Set<Entry>();
    const stale = eachCurrent(agentId, deliveryIds, (entry) => entries.add(entry));
    return { entries: [...entries], stale };
  };
  /** What became of ids whose messages, where they name one, are off the disk; `keys` are those of the tagged ones. */
  const settle = (
    deliveryIds: readonly string[],
    entries: readonly (Entry | undefined)[],
    keys: readonly MessageKey[],
  ): Acknowledgement => {
    const stale: string[] = [];
    const tagged: TaggedMessage[] = [];
    for (let index = 0; index < entries.length; index++) {
      const entry = entries[index];
      // A withdrawal that was under way came first.
      if (entry === undefined || entry.state === 'withdrawn') {
        stale.push(deliveryIds[index] as string);
        continue;
      }
      pending.remove(entry);
      const { tag, attempts } = entry;
      // A delivery by a process that was killed is not counted anywhere; the id tells of it.
      if (tag > 0) tagged.push({ ...(keys[tagged.length] as MessageKey), tag, attempts: Math.max(attempts, 1) });
    }
    return { stale, tagged };
  };

  return {
    admit: (agentId, bytes, messages) => pending.room(agentId, bytes, messages),

    depth(agentId) {
      const mailbox = pending.find(agentId);
      return { messages: mailbox?.messages ?? 0, bytes: mailbox?.bytes ?? 0 };
    },

    totalDepth: () => pending.total(),

    async lease(request: LeaseRequest) {
      store.assertOpen();
      const mailbox = pending.find(request.agentId);
      if (mailbox === undefined || mailbox.ready.size === 0) return [];
      if (!mailbox.marked && !(await awaitMark(mailbox, request.holder))) return [];
      for (;;) {
        store.assertOpen();
        const { taken, expired } = pending.lease(mailbox, request);
        endings.expire(expired);
        const leases = taken.every(isCached) ? handOutCached(taken) : await readAndHandOut(taken);
        if (leases.length === taken.length || mailbox.ready.size === 0) return leases;
        // Something was held back, or ended while it was read, and more is behind it.
        if (leases.length === 0) continue;
        subscribers.notify(mailbox.agentId);
        return leases;
      }
    },

    async acknowledge(agentId, deliveryIds) {
      store.assertOpen();
      const entries: (Entry | undefined)[] = [];
      const messages: Entry[] = [];
      const attempts: number[] = [];
      for (const id of deliveryIds) {
        const found = named(agentId, id);
        const settles = found !== undefined && (found.current || found.entry.state !== 'leased');
        entries.push(settles ? found.entry : undefined);
        if (!settles) continue;
        const { entry, current } = found;
        if (current) entry.attempts++;
        messages.push(entry);
        // A first delivery needs no count: the record of a message without mail implies one.
        attempts.push(current && entry.attempts > 1 ? entry.attempts : 0);
        pending.leave(entry);
      }
      if (messages.length === 0) return { stale: [...deliveryIds], tagged: [] };
      return await new Promise((resolve, reject) => {
        const done = (keys: MessageKey[]): void => resolve(settle(deliveryIds, entries, keys));
        store.submit(acknowledge, { messages, attempts }, { done, failed: reject });
      });
    },

    async release(agentId, deliveryIds, { delayMs, because }) {
      store.assertOpen();
      const { entries, stale } = currentEntries(agentId, deliveryIds);
      endings.giveBack(entries, { because, delayMs, delivered: true });
      if (entries.length > 0) await store.flush();
      return { stale };
    },

    async discard(agentId, deliveryIds, reason) {
      store.assertOpen();
      const { entries, stale } = currentEntries(agentId, deliveryIds);
      for (const entry of entries) entry.attempts++;
      endings.bury(entries, reason);
      if (entries.length === 0) return { stale };
      await store.flush();
      // A withdrawal that was under way came first.
      const withdrawn = new Set(entries.filter(({ state }) => state === 'withdrawn').map(({ sequence }) => sequence));
      if (withdrawn.size === 0) return { stale };
      return {
        stale: deliveryIds.filter((id) => withdrawn.has(parseDeliveryId(id)?.sequence ?? 0) || stale.includes(id)),
      };
    },

    async extend(agentId, deliveryIds, leaseMs) {
      store.assertOpen();
      return { stale: eachCurrent(agentId, deliveryIds, (entry) => pending.extend(entry, leaseMs)) };
    },

    releaseHolder(agentId, holder, neverSent) {
      const mailbox = pending.find(agentId);
      for (const call of mailbox?.awaitingMark ?? []) if (call.holder === holder) call.released = true;
      const held = mailbox?.holders.get(holder);
      if (held === undefined) return;
      const named = neverSent === 'all' ? held : new Set(currentEntries(agentId, neverSent).entries);
      const [unsent, sent] = [
        [...held].filter((entry) => named.has(entry)),
        [...held].filter((entry) => !named.has(entry)),
      ];
      endings.giveBack(unsent, { because: 'holder_gone', delayMs: 0, delivered: false });
      endings.giveBack(sent, { because: 'holder_gone', delayMs: 0, delivered: true });
    },

    subscribe: (agentId, listener) => subscribers.add(agentId, listener),
    onEnded: (listener) => listeners.add(listener),
  };
}

function isCached({ content }: Entry): boolean {
  return content !== undefined;
}
