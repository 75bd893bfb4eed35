import type { Lease, MessageKey } from '../../engine/engine.ts';
import type { Clock, Timer } from '../../lib/clock.ts';
import { DELIVERY_LIMITS } from '../../limits.ts';

/**
 * The deliveries that a consumer has handed over, until they are settled or their
 * leases run out. The engine ends leases; this only knows when it has.
 */
export interface InFlight {
  readonly size: number;
  add(leases: readonly Lease[]): void;
  /** Whether any of them was there. */
  remove(deliveryIds: readonly string[]): boolean;
  /** A message was taken back, whatever delivery of it is here. Whether there was one. */
  withdraw(message: MessageKey): boolean;
  extend(deliveryIds: readonly string[], expiresAt: number): void;
  clear(): void;
}

interface Held extends MessageKey {
  expiresAt: number;
}

export interface InFlightOptions {
  readonly clock: Clock;
  /** Some leases have run out and are forgotten. */
  onExpired(): void;
}

/** One timer looks over all deliveries: they are settled far more often than they expire. */
export function createInFlight({ clock, onExpired }: InFlightOptions): InFlight {
  const held = new Map<string, Held>();
  let timer: Timer | undefined;
  let timerAt = Infinity;

  /** Leases seldom end before those that are older, so that the timer is seldom moved: only after some were extended. */
  const arm = (expiresAt: number): void => {
    const now = clock.now();
    const at = Math.max(expiresAt, now + DELIVERY_LIMITS.leaseSweepMs);
    if (at >= timerAt) return;
    timer?.cancel();
    timerAt = at;
    timer = clock.setTimer(sweep, at - now);
  };
  const sweep = (): void => {
    timerAt = Infinity;
    const now = clock.now();
    const before = held.size;
    let next = Infinity;
    for (const [deliveryId, { expiresAt }] of held) {
      if (expiresAt <= now) held.delete(deliveryId);
      else next = Math.min(next, expiresAt);
    }
    if (next !== Infinity) arm(next);
    if (held.size < before) onExpired();
  };
  return {
    get size() {
      return held.size;
    },
    add(leases) {
      for (const { deliveryId, leaseExpiresAt, sender, messageId } of leases)
        held.set(deliveryId, { expiresAt: leaseExpiresAt, sender, messageId });
      const [first] = leases;
      if (first !== undefined) arm(first.leaseExpiresAt);
    },
    remove(deliveryIds) {
      const before = held.size;
      for (const deliveryId of deliveryIds) held.delete(deliveryId);
      return held.size < before;
    },
    withdraw({ sender, messageId }) {
      const before = held.size;
      // Seldom enough that no index is worth its upkeep with every delivery.
      for (const [deliveryId, message] of held) {
        if (message.sender === sender && message.messageId === messageId) held.delete(deliveryId);
      }
      return held.size < before;
    },
    extend(deliveryIds, expiresAt) {
      for (const deliveryId of deliveryIds) {
        const delivery = held.get(deliveryId);
        if (delivery !== undefined) delivery.expiresAt = expiresAt;
      }
    },
    clear() {
      held.clear();
      timer?.cancel();
      timerAt = Infinity;
    },
  };
}
