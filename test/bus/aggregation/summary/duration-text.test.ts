import { expect, test } from 'vitest';
import { durationText } from '../../../../src/bus/aggregation/summary/duration-text.ts';

// Goal: a length of time is told in at most two units, never longer than it was.
test.each([
  [-5, '0 ms'],
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [7_590, '7.5 s'],
  [59_999, '59.9 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [3_599_999, '59 min 59 s'],
  [3_600_000, '1 h'],
  [3_661_000, '1 h 1 min'],
  [86_400_000, '1 d'],
  [273_600_000, '3 d 4 h'],
])('%i ms are %s', (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});
