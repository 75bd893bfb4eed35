// Goal: a heap of pairs of numbers gives what a sorted list would. Method: random pushes, pops and sweeps beside a list.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createPackedHeap } from '../../../src/engine/sqlite/packed-heap.ts';

const steps = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('push' as const), key: fc.integer({ min: 0, max: 50 }) }) },
    { weight: 4, arbitrary: fc.record({ kind: fc.constant('pop' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('keep' as const), from: fc.nat(300) }) },
  ),
  { maxLength: 400 },
);

it('gives the smallest key first, whatever was pushed, taken and swept out', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const heap = createPackedHeap();
      let expected: { key: number; value: number }[] = [];
      for (const [value, step] of list.entries()) {
        const smallest = Math.min(...expected.map(({ key }) => key));
        expect(heap.firstKey).toBe(smallest);
        if (step.kind === 'push') {
          heap.push(step.key, value);
          expected.push({ key: step.key, value });
        } else if (step.kind === 'keep') {
          heap.keep((kept) => kept >= step.from);
          expected = expected.filter((pair) => pair.value >= step.from);
        } else {
          const popped = heap.pop();
          // Any of those with the smallest key may be the first.
          const index = expected.findIndex((pair) => pair.value === popped && pair.key === smallest);
          expect(index >= 0).toBe(popped !== undefined);
          if (index >= 0) expected.splice(index, 1);
        }
        expect(heap.size).toBe(expected.length);
      }
    }),
  );
});
