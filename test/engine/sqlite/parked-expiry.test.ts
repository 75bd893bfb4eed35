// Goal: parked mail expires at its time, a bounded part of it a turn, without memory for what has left. Method: mailboxes
// with a fake clock.
import { expect, it } from 'vitest';
import { NOT_QUEUED } from '../../../src/engine/sqlite/deadline-queue.ts';
import type { Entry, Mailbox } from '../../../src/engine/sqlite/mailbox.ts';
import { createEntry, createMailbox } from '../../../src/engine/sqlite/mailbox.ts';
import { createParkedExpiries } from '../../../src/engine/sqlite/parked-expiry.ts';
import { createFakeClock } from '../../fake-clock.ts';

const NEVER = Number.POSITIVE_INFINITY;

function start({ perTurn = 100 } = {}) {
  const clock = createFakeClock(0);
  const turns: { at: number; sequences: number[] }[] = [];
  const sequencesOf = (entries: readonly Entry[]): number[] => entries.map(({ sequence }) => sequence);
  const onDue = (entries: Entry[]): void => void turns.push({ at: clock.now(), sequences: sequencesOf(entries) });
  const expiries = createParkedExpiries({ clock, perTurn, onDue });
  const openMailbox = (agentId: string): Mailbox =>
    createMailbox(agentId, {
      starvationLimit: 16,
      unpark(mailbox, message) {
        expiries.remove(mailbox, message);
        return createEntry(mailbox, message);
      },
    });
  const park = (mailbox: Mailbox, sequence: number, expiresAt: number): void => {
    const numbers = { size: 1, availableAt: 0, tag: 0, shared: 0, attempts: 0 };
    const message = { sequence, priority: 2, expiresAt, ...numbers, returned: undefined };
    mailbox.ready.park(message);
    expiries.add(mailbox, message);
  };
  expiries.start();
  return { clock, turns, expiries, openMailbox, park };
}

it('lets messages of several mailboxes expire at their times', () => {
  const { clock, turns, openMailbox, park } = start();
  const [a, b] = [openMailbox('a'), openMailbox('b')];
  park(a, 1, 300);
  park(b, 2, 200);
  park(a, 3, 100);
  park(b, 4, NEVER);
  clock.advance(1_000);
  expect(turns).toEqual([
    { at: 100, sequences: [3] },
    { at: 200, sequences: [2] },
    { at: 300, sequences: [1] },
  ]);
  expect([a.ready.findParked(1), b.ready.findParked(4)?.sequence]).toEqual([undefined, 4]);
});

it('lets nothing expire that was taken before', () => {
  const { clock, turns, openMailbox, park } = start();
  const mailbox = openMailbox('a');
  for (const sequence of [1, 2, 3]) park(mailbox, sequence, 100);
  mailbox.ready.take();
  mailbox.ready.unpark(3);
  clock.advance(1_000);
  expect(turns).toEqual([{ at: 100, sequences: [2] }]);
});

it('handles no more in one turn than it may, and all of it at the same time', () => {
  const { clock, turns, openMailbox, park } = start({ perTurn: 4 });
  const [a, b] = [openMailbox('a'), openMailbox('b')];
  for (let sequence = 1; sequence <= 6; sequence++) park(a, sequence, 100);
  for (let sequence = 7; sequence <= 9; sequence++) park(b, sequence, 100);
  clock.advance(100);
  expect(turns.map(({ sequences }) => sequences.length)).toEqual([4, 4, 1]);
  expect(turns.flatMap(({ sequences }) => sequences).toSorted((x, y) => x - y)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

it('keeps no memory for messages that have left', () => {
  const { openMailbox, park } = start();
  const mailbox = openMailbox('a');
  for (let sequence = 1; sequence <= 10_000; sequence++) {
    park(mailbox, sequence, 1_000_000);
    mailbox.ready.take();
  }
  expect(mailbox.parkedExpiry?.heap.size).toBeLessThan(200);
});

it('forgets a mailbox that nobody knows any more', () => {
  const { expiries, openMailbox, park } = start();
  const mailbox = openMailbox('a');
  park(mailbox, 1, 100);
  mailbox.ready.take();
  expect(mailbox.parkedExpiry?.duePlace).not.toBe(NOT_QUEUED);
  expiries.forget(mailbox);
  expect(mailbox.parkedExpiry?.duePlace).toBe(NOT_QUEUED);
});
