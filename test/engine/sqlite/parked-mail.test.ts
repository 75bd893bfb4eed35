// Goal: mail in rows of numbers is the mail that was put there, in its order. Method: random use beside a map of objects.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewEntry } from '../../../src/engine/sqlite/new-entry.ts';
import { createParkedMail } from '../../../src/engine/sqlite/parked-mail.ts';
import { returnReason } from '../../../src/engine/sqlite/return-code.ts';
import { CONFIG_LIMITS } from '../../../src/limits.ts';

const PRIORITY = 3;

function message(sequence: number, rest: Partial<NewEntry> = {}): NewEntry {
  const usual = { size: 256, expiresAt: Number.POSITIVE_INFINITY, availableAt: 0, tag: 0, shared: 0, attempts: 0 };
  return { ...usual, returned: undefined, ...rest, sequence, priority: PRIORITY };
}

const columns = fc.record({
  size: fc.nat(2 ** 31),
  expiresAt: fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.maxSafeNat()),
  tag: fc.nat(65_535),
  shared: fc.maxSafeNat(),
  attempts: fc.nat(CONFIG_LIMITS.maxDeliveries.max),
  returned: fc.integer({ min: 0, max: 4 }).map(returnReason),
});

const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant('add' as const), gap: fc.integer({ min: 1, max: 3 }), columns }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('take oldest' as const) }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), pick: fc.nat() }) },
  ),
  { minLength: 100, maxLength: 600 },
);

describe('parked mail', () => {
  it('gives back every message as it came, by its sequence or as the oldest', () => {
    fc.assert(
      fc.property(steps, (list) => {
        const parked = createParkedMail(PRIORITY);
        const expected = new Map<number, NewEntry>();
        let newest = 0;
        for (const step of list) {
          if (step.kind === 'add') {
            newest += step.gap;
            expect(parked.add(message(newest, step.columns))).toBe(true);
            expected.set(newest, message(newest, step.columns));
          } else {
            // Sequences that were never there or are gone are asked for as well.
            const sequence = step.kind === 'take' ? step.pick % (newest + 2) : parked.oldest;
            expect(parked.find(sequence)).toEqual(expected.get(sequence));
            expect(parked.take(sequence)).toEqual(expected.get(sequence));
            expected.delete(sequence);
          }
          expect(parked.size).toBe(expected.size);
          expect(parked.oldest).toBe(Math.min(...expected.keys()));
        }
      }),
    );
  });

  it('keeps every message when nearly all are taken out of turn', () => {
    const parked = createParkedMail(PRIORITY);
    for (let sequence = 1; sequence <= 10_000; sequence++) parked.add(message(sequence, { tag: sequence }));
    for (let sequence = 1; sequence <= 10_000; sequence++) if (sequence % 100 !== 50) parked.take(sequence);
    const left = Array.from({ length: 100 }, (_, index) => index * 100 + 50);
    expect(left.map(() => parked.take(parked.oldest)?.tag)).toEqual(left);
    expect(parked.oldest).toBe(Number.POSITIVE_INFINITY);
  });

  it('takes nothing that is older than what it has', () => {
    const parked = createParkedMail(PRIORITY);
    parked.add(message(5));
    expect([parked.add(message(5)), parked.add(message(4)), parked.size]).toEqual([false, false, 1]);
    parked.take(5);
    expect(parked.add(message(4))).toBe(true);
  });
});
