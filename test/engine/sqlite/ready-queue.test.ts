import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NewEntry } from '../../../src/engine/sqlite/new-entry.ts';
import type { Queued, ReadyQueue } from '../../../src/engine/sqlite/ready-queue.ts';
import { createReadyQueue } from '../../../src/engine/sqlite/ready-queue.ts';

const PRIORITIES = 4;

function item(sequence: number, priority: number): Queued {
  return { sequence, priority, queued: false };
}

/** `made`: gets the items of messages that were parked, by sequence. */
function openQueue(starvationLimit: number, made = new Map<number, Queued>()): ReadyQueue<Queued> {
  return createReadyQueue({
    starvationLimit,
    unpark({ sequence, priority }) {
      const unparked = item(sequence, priority);
      made.set(sequence, unparked);
      return unparked;
    },
  });
}

function takeAll(queue: ReadyQueue<Queued>): Queued[] {
  const taken: Queued[] = [];
  for (let next = queue.take(); next !== undefined; next = queue.take()) taken.push(next);
  return taken;
}

function parkedMessage(sequence: number, priority: number): NewEntry {
  const numbers = { size: 1, expiresAt: Number.POSITIVE_INFINITY, availableAt: 0, tag: 0, shared: 0, attempts: 0 };
  return { sequence, priority, ...numbers, returned: undefined };
}

/** What a caller may do: add or park a new item, look at what comes next, take it, put one that was taken back, remove one. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('add' as const), priority: fc.integer({ min: 1, max: PRIORITIES }) }),
    },
    {
      weight: 4,
      arbitrary: fc.record({ kind: fc.constant('park' as const), priority: fc.integer({ min: 1, max: PRIORITIES }) }),
    },
    { weight: 5, arbitrary: fc.record({ kind: fc.constant('take' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('peek' as const) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('put back' as const), pick: fc.nat() }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), pick: fc.nat() }) },
  ),
  { maxLength: 300 },
);

describe('the ready queue', () => {
  it('gives what a list sorted by hand would give, whatever was added, taken, put back and removed', () => {
    fc.assert(
      fc.property(steps, (list) => {
        // Never starved, so that the order is that of priority and age alone.
        const made = new Map<number, Queued>();
        const queue = openQueue(Number.MAX_SAFE_INTEGER, made);
        // An item is undefined for as long as its message is parked.
        const waiting: { readonly sequence: number; readonly priority: number; readonly item: Queued | undefined }[] =
          [];
        const taken: Queued[] = [];
        let sequence = 0;
        for (const step of list) {
          waiting.sort((a, b) => b.priority - a.priority || a.sequence - b.sequence);
          if (step.kind === 'add') {
            const added = item(++sequence, step.priority);
            waiting.push({ ...added, item: added });
            queue.add(added);
          } else if (step.kind === 'park') {
            waiting.push({ sequence: ++sequence, priority: step.priority, item: undefined });
            expect(queue.park(parkedMessage(sequence, step.priority))).toBe(true);
          } else if (step.kind === 'peek') {
            expect(queue.peek()?.sequence).toBe(waiting[0]?.sequence);
          } else if (step.kind === 'take') {
            const expected = waiting.shift();
            const actual = queue.take();
            expect([actual?.sequence, actual?.priority]).toEqual([expected?.sequence, expected?.priority]);
            if (expected?.item !== undefined) expect(actual).toBe(expected.item);
            if (actual !== undefined) taken.push(actual);
          } else if (step.kind === 'put back' && taken.length > 0) {
            const [back] = taken.splice(step.pick % taken.length, 1) as [Queued];
            waiting.push({ ...back, item: back });
            queue.add(back);
          } else if (step.kind === 'remove' && waiting.length > 0) {
            const [found] = waiting.splice(step.pick % waiting.length, 1);
            const removed = found?.item ?? queue.unpark(found?.sequence ?? 0) ?? made.get(found?.sequence ?? 0);
            if (removed === undefined) throw new Error('what waits is neither an item nor parked');
            queue.remove(removed);
            expect(removed.queued).toBe(false);
          }
          expect(queue.size).toBe(waiting.length);
        }
      }),
    );
  });

  it('lets no class wait for more than the starvation limit and one delivery for each other class', () => {
    const limit = fc.integer({ min: 1, max: 20 });
    const priorities = fc.array(fc.integer({ min: 1, max: PRIORITIES }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(limit, priorities, (starvationLimit, list) => {
        const queue = openQueue(starvationLimit);
        const left = new Map<number, number>();
        for (const [index, priority] of list.entries()) {
          queue.add(item(index + 1, priority));
          left.set(priority, (left.get(priority) ?? 0) + 1);
        }
        const passedOver = new Map<number, number>();
        for (const { priority } of takeAll(queue)) {
          left.set(priority, (left.get(priority) as number) - 1);
          passedOver.set(priority, 0);
          for (const [other, count] of left) {
            if (other === priority || count === 0) continue;
            passedOver.set(other, (passedOver.get(other) ?? 0) + 1);
            expect(passedOver.get(other)).toBeLessThanOrEqual(starvationLimit + PRIORITIES - 2);
          }
        }
        expect([...left.values()].every((count) => count === 0)).toBe(true);
      }),
    );
  });

  it('keeps the order within a class even when a starved class goes in between', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: PRIORITIES }), { maxLength: 200 }), (list) => {
        const queue = openQueue(3);
        for (const [index, priority] of list.entries()) queue.add(item(index + 1, priority));
        const taken = takeAll(queue);
        for (let priority = 1; priority <= PRIORITIES; priority++) {
          const sequences = taken.filter((one) => one.priority === priority).map((one) => one.sequence);
          expect(sequences).toEqual([...sequences].sort((a, b) => a - b));
        }
      }),
    );
  });

  it('forgets removed items without being read', () => {
    const queue = openQueue(16);
    const items = Array.from({ length: 10_000 }, (_, index) => item(index + 1, 2));
    for (const one of items) queue.add(one);
    for (const one of items.slice(0, 9_999)) queue.remove(one);
    expect(queue.size).toBe(1);
    expect(takeAll(queue)).toEqual([items.at(-1)]);
  });

  it('starts to count anew when a class was empty in between', () => {
    const queue = openQueue(2);
    const low = item(1, 1);
    queue.add(low);
    for (let sequence = 2; sequence <= 9; sequence++) queue.add(item(sequence, 3));
    queue.take();
    queue.take();
    queue.remove(low);
    queue.add(item(10, 1));
    expect([queue.take(), queue.take(), queue.take()].map((one) => one?.priority)).toEqual([3, 3, 1]);
  });
});
