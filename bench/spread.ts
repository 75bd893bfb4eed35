/** Several measurements of one thing. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

/** Their spread; NaN for none. Of an even number of values the lower one of the middle counts, which was measured. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(Math.ceil(sorted.length / 2) - 1), min: at(0), max: at(sorted.length - 1) };
}

/** The spread of the ratios within each pair: what happened to both at the same time cancels out. */
export function ratioOf(values: readonly number[], bases: readonly number[]): Spread {
  const pairs = Math.min(values.length, bases.length);
  return spreadOf(
    Array.from({ length: pairs }, (_, pair) => (values[pair] ?? Number.NaN) / (bases[pair] ?? Number.NaN)),
  );
}
