import type { Random } from '../../src/lib/random.ts';

/** Numbers that a seed repeats (mulberry32). */
export function createSeededRandom(seed: number): Pick<Random, 'next'> {
  let state = seed >>> 0;
  return {
    next() {
      state = (state + 0x6d2b79f5) >>> 0;
      let mixed = Math.imul(state ^ (state >>> 15), state | 1);
      mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
    },
  };
}
