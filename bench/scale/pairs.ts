import { startSubject } from './start-subject.ts';
import type { Figures, SubjectOptions } from './subject-messages.ts';

/** Two subjects that differ in one size, measured in turns, so that what else the machine does meets both. */
export interface PairOptions {
  readonly name: string;
  readonly small: SubjectOptions;
  readonly large: SubjectOptions;
  /** Stretches of load on each. */
  readonly pairs: number;
  readonly ms: number;
}

export interface PairResult {
  readonly name: string;
  readonly small: Figures;
  readonly large: Figures;
  /** Rounds a second of the large one by those of the small one: the median of all pairs, and the outermost ones. */
  readonly ratio: number;
  readonly ratios: readonly number[];
  /** Processor time of a round of the small one by that of the large one: nearly the same on a machine that does other things too. */
  readonly cpuRatio: number;
}

/** A part of a stretch, whose figures nobody wants: compilers, caches, first deliveries of mailboxes. */
const WARM_UP_SHARE = 1;

export async function measurePair({ name, small, large, pairs, ms }: PairOptions): Promise<PairResult> {
  const first = await startSubject(small);
  const second = await startSubject(large);
  await first.run(ms * WARM_UP_SHARE);
  await second.run(ms * WARM_UP_SHARE);
  const stretches: { small: Figures; large: Figures }[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    stretches.push({ small: await first.run(ms), large: await second.run(ms) });
  }
  await first.stop();
  await second.stop();
  const ratios = stretches.map((pair) => pair.large.roundsPerSecond / pair.small.roundsPerSecond);
  return {
    name,
    small: medians(stretches.map((pair) => pair.small)),
    large: medians(stretches.map((pair) => pair.large)),
    ratio: median(ratios),
    ratios: ratios.toSorted((a, b) => a - b),
    cpuRatio: median(stretches.map((pair) => pair.small.cpuMicros / pair.large.cpuMicros)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}

function medians(figures: readonly Figures[]): Figures {
  const of = (name: keyof Figures): number => median(figures.map((one) => one[name]));
  return {
    roundsPerSecond: of('roundsPerSecond'),
    cpuMicros: of('cpuMicros'),
    loopP99Ms: of('loopP99Ms'),
    loopMaxMs: Math.max(...figures.map(({ loopMaxMs }) => loopMaxMs)),
  };
}
