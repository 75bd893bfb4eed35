import type { Series } from './run-bench.ts';
import { ratioOf } from './spread.ts';

/** How a rate of the bus is expected to compare to that of a limit. */
export interface SmokeBound {
  readonly scenario: string;
  /** Part of the limit's name. */
  readonly limit: string;
  /** Half of what a quiet machine shows, or less: what is below is worth a look. */
  readonly atLeast: number;
}

export const SMOKE_BOUNDS: readonly SmokeBound[] = [
  { scenario: 'rounds-256-p16-b16', limit: 'append log', atLeast: 0.025 },
  { scenario: 'rounds-256-p16-b16', limit: 'pass-through', atLeast: 0.025 },
  { scenario: 'rounds-1k-p16-b16', limit: 'append log', atLeast: 0.045 },
  { scenario: 'rounds-1k-p16-b16', limit: 'pass-through', atLeast: 0.075 },
  { scenario: 'lone', limit: 'append log', atLeast: 0.15 },
];

/** A line for each bound: the ratio of the medians of paired turns, the bound, and whether it is met. */
export function smokeLines(series: readonly Series[], bounds: readonly SmokeBound[]): string[] {
  return bounds.map(({ scenario, limit, atLeast }) => {
    const ratesOf = (part: string) =>
      series
        .find((each) => each.scenario.name === scenario && each.peer.name.includes(part))
        ?.turns.map(({ perSecond }) => perSecond) ?? [];
    const { median } = ratioOf(ratesOf('agentbus'), ratesOf(limit));
    const what = `${scenario}: ${median.toFixed(2)} of the ${limit}`;
    if (Number.isNaN(median)) return `${what}: not measured`;
    return median >= atLeast
      ? `${what}, at least ${atLeast} expected: fine`
      : `${what}, at least ${atLeast} expected: LOW`;
  });
}
