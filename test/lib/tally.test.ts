import { expect, test } from 'vitest';
import { createTally } from '../../src/lib/tally.ts';

test('counts by name and all together', () => {
  const tally = createTally();
  tally.add('a', 1);
  tally.add('a', 1);
  tally.add('b', 1);
  tally.add('a', -1);
  expect([tally.of('a'), tally.of('b'), tally.of('c'), tally.total]).toEqual([1, 1, 0, 2]);
  tally.add('a', -1);
  expect([tally.of('a'), tally.total]).toEqual([0, 1]);
});
