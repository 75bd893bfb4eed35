import type { Lease, Mailboxes, Settlement } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Caller, requireSpeaker } from '../caller.ts';
import type { BusObserver } from '../observer.ts';
import { createConsumer } from './consumer.ts';
import { createConsumerGroups } from './consumer-groups.ts';
import type { MailFollower } from './mail-follower.ts';
import { receive } from './receive.ts';
import { createSettlements } from './settlements.ts';

/** Receiving by single calls. Streams use a {@link Consumer}. All reject AGENT_NOT_ALLOWED. */
export interface Deliveries {
  /**
   * Leases what waits for an agent; if nothing does, waits up to `waitMs` for the first message.
   * When `signal` aborts, leases that were taken go back uncounted and the call rejects with its reason.
   */
  receive(caller: Caller, request: ReceiveRequest): Promise<Lease[]>;
  /** Settles for good; durable when it resolves. */
  acknowledge(caller: Caller, agentId: string, deliveryIds: readonly string[]): Promise<Settlement>;
  /** Gives back or up. */
  reject(caller: Caller, agentId: string, rejection: Rejection): Promise<Settlement>;
  /** Keeps for `leaseMs` from now. */
  extend(caller: Caller, agentId: string, extension: Extension): Promise<Settlement & { leaseExpiresAt: number }>;
  /** A standing taker of an agent's mail, for a stream. The caller was checked before. */
  consume(options: ConsumerOptions): Consumer;
}

export interface ReceiveRequest {
  readonly agentId: string;
  /** Names the process in the holder of the leases. */
  readonly instanceId: string;
  readonly maxMessages: number;
  readonly waitMs: number;
  readonly leaseMs: number;
  readonly signal: AbortSignal;
}

export interface Rejection {
  readonly deliveryIds: readonly string[];
  /** Back after `requeueDelayMs`, or to the dead letters. */
  readonly disposition: { readonly requeueDelayMs: number } | 'drop';
  readonly reason: string;
}

export interface Extension {
  readonly deliveryIds: readonly string[];
  readonly leaseMs: number;
}

export interface ConsumerOptions {
  readonly agentId: string;
  /** Unique among all consumers, such as the connection id: leases are held under it. */
  readonly holder: string;
  /** Credit: most unsettled deliveries. 0 for one that only settles. */
  readonly maxInFlight: number;
  readonly leaseMs: number;
  /** Takes what was leased, in order. Never called again before `ready()` after it returned false. */
  deliver(leases: readonly Lease[]): boolean;
  /** The store failed while leasing; the consumer has stopped. */
  failed(error: unknown): void;
}

/**
 * Takes mail as credit allows, until it is closed. Credit is freed when a delivery is
 * settled, by whomever, and when its lease runs out.
 */
export interface Consumer {
  /** Deliveries handed over and not settled. */
  readonly inFlight: number;
  /** The receiver can take more after `deliver` returned false. */
  ready(): void;
  /** Takes no more mail; what is in flight may still be settled. */
  drain(): void;
  acknowledge(deliveryIds: readonly string[]): Promise<Settlement>;
  reject(rejection: Rejection): Promise<Settlement>;
  extend(deliveryIds: readonly string[]): Promise<Settlement>;
  /**
   * Ends: everything in flight is available to others before this returns. Settlements after it are stale.
   * The deliveries named are those that the receiver took and nobody saw: they count as no attempt.
   */
  close(neverSent?: readonly string[]): void;
}

export interface DeliveriesOptions {
  readonly mailboxes: Mailboxes;
  readonly clock: Clock;
  readonly observer: BusObserver;
  /** Told that an instance waits for mail by a single call; returns the end of it. */
  attend(agentId: string, instanceId: string): () => void;
  /** Told of messages that carry a tag, one after the other. */
  readonly followers: readonly MailFollower[];
}

export function createDeliveries(options: DeliveriesOptions): Deliveries {
  const { mailboxes, clock, observer, attend, followers } = options;
  const groups = createConsumerGroups(mailboxes);
  const settlements = createSettlements({ mailboxes, groups, clock, observer, followers });
  let received = 0;

  const delivering = (agentId: string, leases: readonly Lease[]): void => {
    observer.delivered?.(leases.length);
    let again = 0;
    let tagged: Lease[] | undefined;
    for (const lease of leases) {
      if (lease.redeliveredBecause !== undefined) again++;
      if (lease.tag === 0) continue;
      tagged ??= [];
      tagged.push(lease);
    }
    if (again > 0) observer.redelivered?.(again);
    if (tagged !== undefined) for (const follower of followers) follower.delivered(agentId, tagged);
  };
  mailboxes.onEnded((message) => {
    if (message.state === 'withdrawn') groups.withdrawn(message.recipient, message);
    if (message.tag !== 0) for (const follower of followers) follower.ended(message);
  });
  return {
    async receive(caller, request) {
      requireSpeaker(caller, request.agentId);
      const holder = `${request.instanceId}#${++received}`;
      const leave = attend(request.agentId, request.instanceId);
      try {
        const leases = await receive(request, { mailboxes, clock, holder });
        delivering(request.agentId, leases);
        return leases;
      } finally {
        leave();
      }
    },
    async acknowledge(caller, agentId, deliveryIds) {
      requireSpeaker(caller, agentId);
      return await settlements.acknowledge(agentId, deliveryIds);
    },
    async reject(caller, agentId, rejection) {
      requireSpeaker(caller, agentId);
      return await settlements.reject(agentId, rejection);
    },
    async extend(caller, agentId, extension) {
      requireSpeaker(caller, agentId);
      return await settlements.extend(agentId, extension);
    },
    consume(options) {
      const { agentId } = options;
      const share = (): number => groups.share(agentId);
      const closed = (): void => leave();
      const delivered = (leases: readonly Lease[]): void => delivering(agentId, leases);
      const consumer = createConsumer(options, { mailboxes, settlements, clock, share, delivering: delivered, closed });
      const leave = groups.join(agentId, consumer);
      consumer.wake();
      return consumer;
    },
  };
}
