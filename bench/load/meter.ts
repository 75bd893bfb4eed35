import { createHistogram } from '../histogram.ts';
import type { Latencies } from '../peer.ts';

/** What is measured between two moments. Times are `performance.now()`, in milliseconds. */
export interface Meter {
  begin(now: number): void;
  end(now: number): void;
  /** A round is complete. It counts if it is by now, whenever it began. */
  round(): void;
  /** A message has come so far. It counts if it was due within the stretch, however late it comes: the slow ones last. */
  reached(stage: keyof Latencies, dueAt: number, now: number): void;
  readonly rounds: number;
  /** Length of the stretch. */
  readonly seconds: number;
  latencies(): Latencies;
}

/** Makes a meter that measures nothing yet. */
export function createMeter(): Meter {
  const histograms = { accepted: createHistogram(), delivered: createHistogram(), round: createHistogram() };
  let beganAt = Number.POSITIVE_INFINITY;
  let endedAt = Number.POSITIVE_INFINITY;
  let isMeasuring = false;
  let rounds = 0;
  return {
    begin(now) {
      beganAt = now;
      isMeasuring = true;
    },
    end(now) {
      endedAt = now;
      isMeasuring = false;
    },
    round() {
      if (isMeasuring) rounds++;
    },
    reached(stage, dueAt, now) {
      if (dueAt >= beganAt && dueAt < endedAt) histograms[stage].record((now - dueAt) * 1_000);
    },
    get rounds() {
      return rounds;
    },
    get seconds() {
      return (endedAt - beganAt) / 1_000;
    },
    latencies: () =>
      Object.fromEntries(
        Object.entries(histograms)
          .filter(([, { count }]) => count > 0)
          .map(([stage, histogram]) => [stage, histogram.buckets()]),
      ),
  };
}
