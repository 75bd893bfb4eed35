/**
 * Latencies in log-linear buckets, as HdrHistogram has them: up to 256 every whole value has its own, beyond that each power of two
 * has 128. So a value is known to 0.8 % however large it is, and recording one costs some nanoseconds and no memory.
 */
export interface Histogram {
  /** Counts a value: a whole number or not, 0 to 2^32 - 1; what is outside is counted at the bound. */
  record(value: number): void;
  /** Adds what another one has counted. */
  add(buckets: Buckets): void;
  /** Forgets everything. */
  reset(): void;
  readonly count: number;
  /** The value that a part (0 to 1) of all values do not exceed: the middle of its bucket. NaN if nothing was counted. */
  quantile(part: number): number;
  /** What was counted, for another process. */
  buckets(): Buckets;
}

/** `[any value of the bucket, how often it was counted]`, ascending: what every language can write as JSON. */
export type Buckets = readonly (readonly [value: number, count: number])[];

/** Buckets of one power of two: 2^7. */
const SUB_BITS = 7;
const SUB_BUCKETS = 1 << SUB_BITS;
const MAX_VALUE = 2 ** 32 - 1;
const BUCKET_COUNT = indexOf(MAX_VALUE) + 1;

/** Makes an empty one. */
export function createHistogram(): Histogram {
  // Float64 counts whole numbers beyond what any run reaches.
  const counts = new Float64Array(BUCKET_COUNT);
  let count = 0;

  function countAt(value: number, times: number): void {
    const index = indexOf(Math.min(Math.max(value, 0), MAX_VALUE));
    counts[index] = (counts[index] ?? 0) + times;
    count += times;
  }

  return {
    record: (value) => countAt(value, 1),
    add(buckets) {
      for (const [value, times] of buckets) countAt(value, times);
    },
    reset() {
      counts.fill(0);
      count = 0;
    },
    get count() {
      return count;
    },
    quantile(part) {
      const wanted = Math.max(1, Math.ceil(part * count));
      let seen = 0;
      for (let index = 0; index < BUCKET_COUNT; index++) {
        seen += counts[index] ?? 0;
        if (seen >= wanted) return middleOf(index);
      }
      return Number.NaN;
    },
    buckets: () =>
      Array.from(counts, (times, index) => [lowestOf(index), times] as const).filter(([, times]) => times > 0),
  };
}

/** The bucket of a value from 0 to 2^32 - 1. */
function indexOf(value: number): number {
  const whole = value >>> 0;
  // So many low bits does a bucket of this size not tell apart.
  const shift = Math.max(0, 31 - Math.clz32(whole) - SUB_BITS);
  return shift * SUB_BUCKETS + (whole >>> shift);
}

function shiftOf(index: number): number {
  return Math.max(0, Math.floor(index / SUB_BUCKETS) - 1);
}

function lowestOf(index: number): number {
  const shift = shiftOf(index);
  return (index - shift * SUB_BUCKETS) * 2 ** shift;
}

function middleOf(index: number): number {
  return lowestOf(index) + (2 ** shiftOf(index) - 1) / 2;
}
