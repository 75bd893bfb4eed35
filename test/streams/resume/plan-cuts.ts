import type { Random } from '../../../src/lib/random.ts';
import type { Cut } from '../cutting-network.ts';

export interface CutPlanOptions {
  readonly random: Random;
  /** Whether connections break at all. */
  isOn(): boolean;
}

/** A connection that is left alone for so long settles whatever it was given first. */
const LONG_BYTES = 60_000;

/**
 * Where the connections of one client break. Half of the breaks are in the first bytes, which are HTTP/2's own, the hello and
 * the welcome; the others are anywhere in what follows. Every third connection lasts longer: work gets done.
 */
export function planCuts({ random, isOn }: CutPlanOptions): (connection: number) => Cut | undefined {
  return (connection) => {
    const direction = random.next() < 0.5 ? 'toBus' : 'toClient';
    const isLong = connection % 3 === 2;
    const shortBytes = random.next() < 0.5 ? random.next() * 1_500 : random.next() * 15_000;
    const afterBytes = Math.floor(shortBytes) + (isLong ? LONG_BYTES : 0);
    const how = random.next() < 0.5 ? 'end' : 'reset';
    return isOn() ? { direction, afterBytes, how } : undefined;
  };
}
