/** Goal: a problem that goes on does not fill the log, and is not forgotten. Method: time in the test's hands. */
import { expect, it } from 'vitest';
import { createSeldom } from '../../src/telemetry/seldom.ts';
import { createFakeClock } from '../fake-clock.ts';

it('reports the first at once, and then one a while with the number of the others', () => {
  const clock = createFakeClock();
  const reports: [string, number][] = [];
  const seldom = createSeldom((problem, omitted) => reports.push([problem, omitted]), { clock, everyMs: 1_000 });
  for (const [problem, afterMs] of [
    ['a', 0],
    ['b', 0],
    ['c', 999],
    ['d', 1],
    ['e', 1_000],
    ['f', 5_000],
  ] as const) {
    clock.advance(afterMs);
    seldom(problem);
  }
  expect(reports).toEqual([
    ['a', 0],
    ['d', 2],
    ['e', 0],
    ['f', 0],
  ]);
});
