import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Deadline, DeadlineQueueOptions } from '../../../src/engine/sqlite/deadline-queue.ts';
import { createDeadlineQueue, NOT_QUEUED } from '../../../src/engine/sqlite/deadline-queue.ts';
import { createFakeClock } from '../../fake-clock.ts';

function deadline(dueAt: number): Deadline {
  return { dueAt, duePlace: NOT_QUEUED };
}

function startQueue(options: DeadlineQueueOptions<Deadline>) {
  const queue = createDeadlineQueue<Deadline>(options);
  queue.start();
  return queue;
}

describe('the deadline queue', () => {
  it('hands out each item at its time, once, unless it was removed before', () => {
    const plan = fc.array(fc.record({ delayMs: fc.nat(1_000), removed: fc.boolean() }), { maxLength: 200 });
    fc.assert(
      fc.property(plan, (list) => {
        const clock = createFakeClock(0);
        const seen: { dueAt: number; at: number }[] = [];
        const queue = startQueue({
          clock,
          perTurn: 7,
          onDue: (items) => seen.push(...items.map(({ dueAt }) => ({ dueAt, at: clock.now() }))),
        });
        const items = list.map(({ delayMs, removed }) => ({ item: deadline(delayMs), removed }));
        for (const { item } of items) queue.add(item);
        for (const { item, removed } of items) if (removed) queue.remove(item);
        clock.advance(1_000);
        const expected = items.filter(({ removed }) => !removed).map(({ item }) => item.dueAt);
        expect(seen.map(({ dueAt }) => dueAt)).toEqual(expected.sort((a, b) => a - b));
        expect(seen.every(({ dueAt, at }) => dueAt === at)).toBe(true);
        expect(items.every(({ item }) => item.duePlace === NOT_QUEUED)).toBe(true);
      }),
    );
  });

  it('has one timer, however many items there are', () => {
    const clock = createFakeClock(0);
    const queue = startQueue({ clock, perTurn: 10, onDue() {} });
    for (let dueAt = 1_000; dueAt > 0; dueAt--) queue.add(deadline(dueAt));
    expect(clock.pending).toBe(1);
    queue.stop();
    expect(clock.pending).toBe(0);
  });

  it('handles no more in one turn than it may', () => {
    const clock = createFakeClock(0);
    const turns: number[] = [];
    const queue = startQueue({ clock, perTurn: 4, onDue: (items) => turns.push(items.length) });
    for (let count = 0; count < 10; count++) queue.add(deadline(5));
    clock.advance(5);
    expect(turns).toEqual([4, 4, 2]);
  });

  it('takes items that are added while others are handed out', () => {
    const clock = createFakeClock(0);
    const seen: number[] = [];
    const queue = startQueue({
      clock,
      perTurn: 10,
      onDue(items) {
        for (const { dueAt } of items) {
          seen.push(dueAt);
          if (dueAt < 5) queue.add(deadline(dueAt + 1));
        }
      },
    });
    queue.add(deadline(1));
    clock.advance(10);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it('waits until it is started', () => {
    const clock = createFakeClock(0);
    const seen: number[] = [];
    const queue = createDeadlineQueue<Deadline>({ clock, perTurn: 10, onDue: (items) => seen.push(items.length) });
    queue.add(deadline(1));
    queue.add(deadline(2));
    clock.advance(10);
    expect(seen).toEqual([]);
    queue.start();
    clock.advance(0);
    expect(seen).toEqual([2]);
  });
});
