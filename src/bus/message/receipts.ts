import { MessageState } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { EndedMessage } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import type { BusObserver } from '../observer.ts';
import type { MailFollower } from './mail-follower.ts';
import { wantsReceipt } from './tags.ts';

/** What has become of a copy of a message, for the agent that sent it. */
export interface ReceiptNews {
  readonly messageId: string;
  /** Agent id whose mailbox the copy went to. */
  readonly recipient: string;
  readonly state: MessageState;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Deliveries so far. */
  readonly attempt: number;
  /** Empty unless the message ended otherwise than by an acknowledgement. */
  readonly reason: string;
}

/** Takes news, or returns false if it has no room for them: they are counted and forgotten. Never waits; never throws. */
export type ReceiptListener = (receipt: ReceiptNews) => boolean;

/**
 * Tells senders what becomes of their messages, as far as the tag of a message asks for it. Nothing is kept for an
 * agent that does not listen: GetMessageStatus tells it later. Messages of the bus itself ask for nothing.
 */
export interface Receipts extends MailFollower {
  /** A message is on its way into these mailboxes, and is in them when `durable` resolves. */
  queued(message: QueuedMessage, durable: Promise<void>): void;
  /** Calls `listener` with all news for a sender; those of a copy come in the order of what happened. Returns the way to stop. */
  subscribe(agentId: string, listener: ReceiptListener): () => void;
}

export interface QueuedMessage {
  readonly sender: string;
  readonly messageId: string;
  /** Agent ids. */
  readonly recipients: readonly string[];
  readonly tag: number;
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number;
}

export interface ReceiptsOptions {
  readonly clock: Clock;
  /** Counts what a listener had no room for. */
  readonly observer?: Pick<BusObserver, 'receiptDropped'>;
}

const ENDINGS: Readonly<Record<EndedMessage['state'], MessageState>> = {
  expired: MessageState.EXPIRED,
  dead_lettered: MessageState.DEAD_LETTERED,
  withdrawn: MessageState.WITHDRAWN,
};

export function createReceipts({ clock, observer }: ReceiptsOptions): Receipts {
  const listeners = new Map<string, Set<ReceiptListener>>();

  /**
   * Copies that are on their way to disk and whose sender wants to know when they are there. A recipient may have one
   * before those who wait for the disk come to their turn, and must not seem to have had it before it was queued.
   */
  const arriving = new Map<string, () => void>();

  const tell = (sender: string, tag: number, receipt: ReceiptNews): void => {
    const own = listeners.get(sender);
    if (own === undefined || !wantsReceipt(tag, receipt.state)) return;
    for (const listener of own) if (!listener(receipt)) observer?.receiptDropped?.();
  };
  const arrived = (copy: string): void => {
    const tellQueued = arriving.get(copy);
    arriving.delete(copy);
    tellQueued?.();
  };
  /** All that happens to a copy happens after it was queued. */
  const tellNext = (sender: string, tag: number, receipt: ReceiptNews): void => {
    if (arriving.size > 0) arrived(copyOf(sender, receipt));
    tell(sender, tag, receipt);
  };
  return {
    queued({ sender, messageId, recipients, tag, acceptedAt: time }, durable) {
      if (!listeners.has(sender) || !wantsReceipt(tag, MessageState.QUEUED)) return;
      const copies = recipients.map((recipient) => {
        const receipt = { messageId, recipient, state: MessageState.QUEUED, time, attempt: 0, reason: '' };
        const copy = copyOf(sender, receipt);
        arriving.set(copy, () => tell(sender, tag, receipt));
        return copy;
      });
      durable.then(
        () => copies.forEach(arrived),
        // Whoever sends the message is told why it was not accepted.
        () => copies.forEach((copy) => void arriving.delete(copy)),
      );
    },
    delivered(recipient, leases) {
      const news = { recipient, state: MessageState.DELIVERED, time: clock.now(), reason: '' };
      for (const { sender, messageId, tag, attempt } of leases) tellNext(sender, tag, { ...news, messageId, attempt });
    },
    acknowledged(recipient, messages) {
      const news = { recipient, state: MessageState.ACKNOWLEDGED, time: clock.now(), reason: '' };
      for (const { sender, messageId, tag, attempts: attempt } of messages) {
        tellNext(sender, tag, { ...news, messageId, attempt });
      }
      return Promise.resolve();
    },
    ended({ sender, messageId, recipient, tag, state, attempts: attempt, endedAt: time, reason }) {
      tellNext(sender, tag, { messageId, recipient, state: ENDINGS[state], time, attempt, reason });
    },
    subscribe(agentId, listener) {
      const own = listeners.get(agentId) ?? new Set();
      listeners.set(agentId, own);
      own.add(listener);
      return () => {
        own.delete(listener);
        // Another set may have taken the place of this one since.
        if (own.size === 0 && listeners.get(agentId) === own) listeners.delete(agentId);
      };
    },
  };
}

/** None of the three has a space in it. */
function copyOf(sender: string, { messageId, recipient }: ReceiptNews): string {
  return `${sender} ${messageId} ${recipient}`;
}
