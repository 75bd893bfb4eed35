import { expect, test } from 'vitest';
import { createHeldBytes, type Holding } from '../../../src/rpc/bodies/held-bytes.ts';
import { createFakeClock } from '../../fake-clock.ts';

// Goal: what clients leave unfinished is bounded in bytes and in time, and those that go on are the last to pay for it.
// Method: the account alone, with the clock in the test's hand.

function open() {
  const clock = createFakeClock();
  const held = createHeldBytes({ clock, maxBytes: 100, maxMs: 1_000 });
  const broken: string[] = [];
  const body = (name: string): Holding => held.open((why) => broken.push(`${name} ${why}`));
  return { clock, held, broken, body };
}

test('too many bytes end the body that made the least progress, and no more than it takes', () => {
  const { held, broken, body } = open();
  const [oldest, moving, newest] = [body('oldest'), body('moving'), body('newest')];
  moving.progress(40);
  oldest.hold(40);
  moving.progress(30);
  newest.hold(31);
  expect(broken).toEqual(['oldest too_much']);
  expect(held.total).toBe(61);
});

test('a body that holds nothing is not ended for want of room', () => {
  const { broken, body } = open();
  body('empty').hold(0);
  body('large').hold(101);
  expect(broken).toEqual(['large too_much']);
});

test('time runs from the beginning for what only grows, and anew with each progress', async () => {
  const { clock, broken, body } = open();
  const [growing, read] = [body('growing'), body('read')];
  growing.hold(1);
  read.progress(1);
  await clock.advance(600);
  growing.hold(2);
  read.progress(1);
  await clock.advance(400);
  expect(broken).toEqual(['growing too_late']);
  await clock.advance(600);
  expect(broken).toEqual(['growing too_late', 'read too_late']);
});

test('a body at rest may take as long as it likes', async () => {
  const { clock, held, broken, body } = open();
  const stream = body('stream');
  stream.hold(50);
  stream.rest();
  expect(held.total).toBe(0);
  await clock.advance(5_000);
  expect(broken).toEqual([]);
  stream.hold(1);
  await clock.advance(1_000);
  expect(broken).toEqual(['stream too_late']);
});
