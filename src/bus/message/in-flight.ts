import type { Clock, Timer } from '../../lib/clock.ts';
import { DELIVERY_LIMITS } from '../../limits.ts';

/**
 * The deliveries that a consumer has handed over, until they are settled or their
 * leases run out. The engine ends leases; this only knows when it has.
 */
export interface InFlight {
  readonly size: number;
  add(leases: readonly { readonly deliveryId: string; readonly leaseExpiresAt: number }[]): void;
  /** Whether any of them was there. */
  remove(deliveryIds: readonly string[]): boolean;
  extend(deliveryIds: readonly string[], expiresAt: number): void;
  clear(): void;
}

export interface InFlightOptions {
  readonly clock: Clock;
  /** Some leases have run out and are forgotten. */
  onExpired(): void;
}

/** One timer looks over all deliveries: they are settled far more often than they expire. */
export function createInFlight({ clock, onExpired }: InFlightOptions): InFlight {
  const expiries = new Map<string, number>();
  let timer: Timer | undefined;

  const arm = (expiresAt: number): void => {
    timer ??= clock.setTimer(sweep, Math.max(expiresAt - clock.now(), DELIVERY_LIMITS.leaseSweepMs));
  };
  const sweep = (): void => {
    timer = undefined;
    const now = clock.now();
    const before = expiries.size;
    let next = Infinity;
    for (const [deliveryId, expiresAt] of expiries) {
      if (expiresAt <= now) expiries.delete(deliveryId);
      else next = Math.min(next, expiresAt);
    }
    if (next !== Infinity) arm(next);
    if (expiries.size < before) onExpired();
  };
  return {
    get size() {
      return expiries.size;
    },
    add(leases) {
      for (const { deliveryId, leaseExpiresAt } of leases) expiries.set(deliveryId, leaseExpiresAt);
      const [first] = leases;
      if (first !== undefined) arm(first.leaseExpiresAt);
    },
    remove(deliveryIds) {
      const before = expiries.size;
      for (const deliveryId of deliveryIds) expiries.delete(deliveryId);
      return expiries.size < before;
    },
    extend(deliveryIds, expiresAt) {
      for (const deliveryId of deliveryIds) {
        if (expiries.has(deliveryId)) expiries.set(deliveryId, expiresAt);
      }
    },
    clear() {
      expiries.clear();
      timer?.cancel();
    },
  };
}
