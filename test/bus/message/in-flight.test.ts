/** Goal: the credit of a lease that has run out is free within a second. Method: time by hand. */
import { expect, test } from 'vitest';
import { createInFlight } from '../../../src/bus/message/in-flight.ts';
import type { Lease } from '../../../src/engine/engine.ts';
import { DELIVERY_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';

const lease = (deliveryId: string, leaseExpiresAt: number): Lease => ({
  deliveryId,
  leaseExpiresAt,
  attempt: 1,
  sender: 'test://sender',
  messageId: deliveryId,
  priority: 2,
  tag: 0,
  acceptedAt: 0,
  envelope: new Uint8Array(),
});

test('a lease that ends before one that was extended is not forgotten until the end of that one', () => {
  const clock = createFakeClock(0);
  let expired = 0;
  const inFlight = createInFlight({ clock, onExpired: () => void expired++ });
  inFlight.add([lease('long', 30_000)]);
  inFlight.extend(['long'], 3_600_000);
  clock.advance(30_000);
  inFlight.add([lease('short', 60_000)]);
  clock.advance(30_000 + DELIVERY_LIMITS.leaseSweepMs);
  expect([inFlight.size, expired]).toEqual([1, 1]);
  inFlight.clear();
  expect(clock.pending).toBe(0);
});
