import type { Lease, Mailboxes, MessageKey, Settlement } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { DELIVERY_LIMITS } from '../../limits.ts';
import type { Consumer, ConsumerOptions } from './deliveries.ts';
import { createInFlight } from './in-flight.ts';
import type { Settlements } from './settlements.ts';

/** A consumer as its group sees it. */
export interface GroupedConsumer extends Consumer {
  /** Deliveries it could take now. */
  readonly credit: number;
  /** There may be mail to take. */
  wake(): void;
  /** These were settled, whoever did it. */
  settled(deliveryIds: readonly string[]): void;
  /** A message was taken back, whoever has it. */
  withdrawn(message: MessageKey): void;
  /** The leases of these last until `expiresAt` now, whoever extended them. */
  extended(deliveryIds: readonly string[], expiresAt: number): void;
}

export interface ConsumerSurroundings {
  readonly mailboxes: Mailboxes;
  readonly settlements: Settlements;
  readonly clock: Clock;
  /** This consumer's part of what waits now; at least 1. */
  share(): number;
  /** Deliveries are about to be handed over. */
  delivering(leases: readonly Lease[]): void;
  closed(): void;
}

/**
 * One lease call is under way at a time, and it asks for no more than the credit
 * that is free: so credit holds without any reservation, and mail that cannot be
 * taken now stays in the mailbox, where others may take it.
 */
export function createConsumer(options: ConsumerOptions, surroundings: ConsumerSurroundings): GroupedConsumer {
  const { agentId, holder, maxInFlight, leaseMs } = options;
  const { mailboxes, settlements, clock } = surroundings;
  const inFlight = createInFlight({ clock, onExpired: () => wake() });
  let state: 'taking' | 'draining' | 'closed' = 'taking';
  let receiverFull = false;
  let leasing = false;
  let wokenMeanwhile = false;
  /** Mail may have been left for want of credit; otherwise all was taken, and the mailbox tells of more. */
  let starved = false;

  const wake = (): void => {
    wokenMeanwhile = true;
    if (!leasing) take();
  };
  const credit = (): number => (state === 'taking' && !receiverFull ? Math.max(0, maxInFlight - inFlight.size) : 0);
  const take = (): void => {
    const free = credit();
    starved = free === 0;
    if (starved) return;
    leasing = true;
    wokenMeanwhile = false;
    const limit = Math.min(free, surroundings.share(), DELIVERY_LIMITS.maxLeaseBatch);
    mailboxes.lease({ agentId, holder, limit, maxBytes: DELIVERY_LIMITS.maxLeaseBytes, leaseMs }).then(handOver, fail);
  };
  const handOver = (leases: readonly Lease[]): void => {
    leasing = false;
    if (state === 'closed') {
      // What was handed over went back when the consumer closed: these are the late ones alone.
      mailboxes.releaseHolder(agentId, holder, 'all');
      return;
    }
    if (leases.length > 0) {
      inFlight.add(leases);
      surroundings.delivering(leases);
      receiverFull = !options.deliver(leases);
    }
    if (leases.length > 0 || wokenMeanwhile) take();
  };
  const fail = (error: unknown): void => {
    leasing = false;
    if (state === 'closed') return;
    close();
    options.failed(error);
  };
  const close = (neverSent: readonly string[] = []): void => {
    if (state === 'closed') return;
    state = 'closed';
    inFlight.clear();
    mailboxes.releaseHolder(agentId, holder, neverSent);
    surroundings.closed();
  };
  /** Nothing that a closed consumer says has an effect: its deliveries belong to others. */
  const whileOpen = (deliveryIds: readonly string[], call: () => Promise<Settlement>): Promise<Settlement> =>
    state === 'closed' ? Promise.resolve({ stale: deliveryIds }) : call();

  return {
    get inFlight() {
      return inFlight.size;
    },
    get credit() {
      return credit();
    },
    wake,
    ready() {
      receiverFull = false;
      wake();
    },
    drain() {
      if (state === 'taking') state = 'draining';
    },
    settled(deliveryIds) {
      if (inFlight.remove(deliveryIds) && starved) wake();
    },
    withdrawn(message) {
      if (inFlight.withdraw(message) && starved) wake();
    },
    extended: (deliveryIds, expiresAt) => inFlight.extend(deliveryIds, expiresAt),
    acknowledge: (deliveryIds) => whileOpen(deliveryIds, () => settlements.acknowledge(agentId, deliveryIds)),
    reject: (rejection) => whileOpen(rejection.deliveryIds, () => settlements.reject(agentId, rejection)),
    extend: (deliveryIds) => whileOpen(deliveryIds, () => settlements.extend(agentId, { deliveryIds, leaseMs })),
    close,
  };
}
