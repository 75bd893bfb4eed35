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
  /** A message is durably in these mailboxes. */
  queued(message: QueuedMessage): void;
  /** Calls `listener` with all news for a sender, in the order of what happened. Returns the way to stop. */
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

  /** `news` is only put together when somebody wants it. */
  const tell = (sender: string, wanted: { tag: number; state: MessageState }, news: () => NewsFields): void => {
    const own = listeners.get(sender);
    if (own === undefined || !wantsReceipt(wanted.tag, wanted.state)) return;
    const receipt: ReceiptNews = { reason: '', state: wanted.state, ...news() };
    for (const listener of own) if (!listener(receipt)) observer?.receiptDropped?.();
  };
  return {
    queued({ sender, messageId, recipients, tag, acceptedAt }) {
      for (const recipient of recipients) {
        const state = MessageState.QUEUED;
        tell(sender, { tag, state }, () => ({ messageId, recipient, time: acceptedAt, attempt: 0 }));
      }
    },
    delivered(recipient, leases) {
      const time = clock.now();
      for (const { sender, messageId, tag, attempt } of leases) {
        tell(sender, { tag, state: MessageState.DELIVERED }, () => ({ messageId, recipient, time, attempt }));
      }
    },
    acknowledged(recipient, messages) {
      const time = clock.now();
      for (const { sender, messageId, tag, attempts: attempt } of messages) {
        tell(sender, { tag, state: MessageState.ACKNOWLEDGED }, () => ({ messageId, recipient, time, attempt }));
      }
      return Promise.resolve();
    },
    ended({ sender, messageId, recipient, tag, state, attempts: attempt, endedAt: time, reason }) {
      tell(sender, { tag, state: ENDINGS[state] }, () => ({ messageId, recipient, time, attempt, reason }));
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

type NewsFields = Omit<ReceiptNews, 'state' | 'reason'> & Partial<Pick<ReceiptNews, 'reason'>>;
