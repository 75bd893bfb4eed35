import type { LoopFigures, LoopLedger } from './load/open-loop.ts';

/** One reading of the bus. */
export interface Sample {
  /** Seconds since the beginning. */
  readonly atSeconds: number;
  readonly rss: number;
  readonly handles: number;
  /** Bytes of all files in the data directory. */
  readonly files: number;
  readonly loopDelayP99Ms: number;
}

/** A stretch of the run, with the stalled readers or without. */
export interface Phase {
  readonly stalled: boolean;
  readonly figures: LoopFigures;
}

export interface Verdict {
  /** Least squares through the readings after the warm-up, in percent of their median over the whole of that time. */
  readonly drift: number;
  /** Highest reading after the warm-up against the median, in percent. */
  readonly excess: number;
  /** Median of the p99 of phases with stalled readers over the one without. */
  readonly p99Ratio: number;
  readonly p99CalmMs: number;
  readonly p99StalledMs: number;
  readonly medianRss: number;
}

/** The bound of the promise, in percent. */
export const FLAT_PERCENT = 5;

/** Judges what came after the first `warmUpSeconds`, in which caches fill and compilers work. */
export function judge(samples: readonly Sample[], phases: readonly Phase[], warmUpSeconds: number): Verdict {
  const last = samples.at(-1)?.atSeconds ?? 0;
  const counted = samples.filter(({ atSeconds }) => atSeconds >= warmUpSeconds);
  const medianRss = median(counted.map(({ rss }) => rss));
  const span = last - warmUpSeconds;
  const p99 = (stalled: boolean) =>
    median(phases.filter((phase) => phase.stalled === stalled).map(({ figures }) => figures.p99Ms));
  return {
    drift: (100 * slope(counted) * span) / medianRss,
    excess: 100 * (Math.max(...counted.map(({ rss }) => rss)) / medianRss - 1),
    p99Ratio: p99(true) / p99(false),
    p99CalmMs: p99(false),
    p99StalledMs: p99(true),
    medianRss,
  };
}

/** What a run came to, memory and time aside. */
export interface Outcome {
  readonly ledger: Pick<LoopLedger, 'lost' | 'refused'>;
  /** How often each thing beside the steady traffic worked. */
  readonly counts: Readonly<Record<string, number>>;
  /** How often it did not, by the text of the error. */
  readonly failures: Readonly<Record<string, number>>;
  /** What the bus ended with. */
  readonly exitCode: number | null;
}

/** Why a run has failed whatever its memory did; empty if it has not. What never worked has failed as well: it was not tried. */
export function faultsOf({ ledger, counts, failures, exitCode }: Outcome): string[] {
  return [
    ...(ledger.lost.length > 0 ? [`${ledger.lost.length} messages were lost`] : []),
    ...Object.entries(ledger.refused).map(([why, times]) => `refused ${times} times: ${why}`),
    ...Object.entries(failures).map(([what, times]) => `failed ${times} times: ${what}`),
    ...Object.entries(counts).flatMap(([what, times]) => (times === 0 ? [`never happened: ${what}`] : [])),
    ...(exitCode === 0 ? [] : [`the bus ended with ${exitCode}`]),
  ];
}

/** Bytes a second, by least squares. */
function slope(samples: readonly Sample[]): number {
  const meanTime = mean(samples.map(({ atSeconds }) => atSeconds));
  const meanRss = mean(samples.map(({ rss }) => rss));
  let above = 0;
  let below = 0;
  for (const { atSeconds, rss } of samples) {
    above += (atSeconds - meanTime) * (rss - meanRss);
    below += (atSeconds - meanTime) ** 2;
  }
  return below === 0 ? 0 : above / below;
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}
