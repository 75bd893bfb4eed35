import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBackoff } from '../../src/client/backoff.ts';
import { createSeededRandom } from './seeded-random.ts';

/** Draws the largest wait each time. */
const latest = { next: () => 1 - Number.EPSILON, bytes: () => new Uint8Array() };

describe('the waits', () => {
  test('double up to their bound, and start over after a success', () => {
    const backoff = createBackoff(latest, { initialDelayMs: 100, maxDelayMs: 500 });
    const draw = () => Math.round(backoff.next());
    expect([draw(), draw(), draw(), draw(), draw()]).toEqual([100, 200, 400, 500, 500]);
    backoff.reset();
    expect(draw()).toBe(100);
  });

  test('never exceed the bound, even the first one', () => {
    const waits = fc.record({ initialDelayMs: fc.nat(60_000), maxDelayMs: fc.nat(60_000), seed: fc.integer() });
    fc.assert(
      fc.property(waits, ({ seed, ...options }) => {
        const backoff = createBackoff(createSeededRandom(seed), options);
        for (let draw = 0; draw < 50; draw++) {
          const delayMs = backoff.next();
          expect(delayMs).toBeGreaterThanOrEqual(0);
          expect(delayMs).toBeLessThanOrEqual(options.maxDelayMs);
        }
      }),
    );
  });

  test('are spread evenly, so that clients do not come back in step', () => {
    const random = createSeededRandom(7);
    const first = Array.from({ length: 4_000 }, () => createBackoff(random, { initialDelayMs: 1_000 }).next());
    for (const quarter of [0, 250, 500, 750]) {
      const share = first.filter((delayMs) => delayMs >= quarter && delayMs < quarter + 250).length;
      expect(share).toBeGreaterThan(900);
      expect(share).toBeLessThan(1_100);
    }
  });
});
