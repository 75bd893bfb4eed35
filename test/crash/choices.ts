import { createSeededRandom } from '../client/seeded-random.ts';

/** Choices that a seed replays. Each user has a stream of its own, so that what one draws does not move the others'. */
export interface Choices {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number from `min` to `max`, both included. */
  int(min: number, max: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  pick<T>(from: readonly [T, ...T[]]): T;
  /** A number from `min` to `max` whose logarithm is uniform: as many below the geometric mean as above it. */
  spread(min: number, max: number): number;
  /** Choices of their own for `name`: the same for the same seed and name. */
  fork(name: string): Choices;
}

export function createChoices(seed: number): Choices {
  const { next } = createSeededRandom(seed);
  return {
    next,
    int: (min, max) => min + Math.floor(next() * (max - min + 1)),
    chance: (p) => next() < p,
    pick: (from) => from[Math.floor(next() * from.length)] ?? from[0],
    spread: (min, max) => min * (max / min) ** next(),
    fork: (name) => createChoices(hashOf(`${seed}/${name}`)),
  };
}

/** 32 bits of a text (FNV-1a). */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}
