import type { Clock } from '../lib/clock.ts';

/** Passes the first of many problems on, and then one in each `everyMs`, with the number of those in between. */
export function createSeldom(
  report: (problem: string, omitted: number) => void,
  { clock, everyMs }: { clock: Clock; everyMs: number },
): (problem: string) => void {
  let nextAt = -Infinity;
  let omitted = 0;
  return (problem) => {
    const now = clock.now();
    if (now < nextAt) {
      omitted++;
      return;
    }
    nextAt = now + everyMs;
    report(problem, omitted);
    omitted = 0;
  };
}
