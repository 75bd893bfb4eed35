import { randomBytes } from 'node:crypto';

/** Randomness as the rest of the code sees it; tests hand in a seeded one. */
export interface Random {
  /** A number in [0, 1). For jitter and tie-breaks, never for secrets. */
  next(): number;
  /** `count` bytes that nobody can guess: keys, connection ids. */
  bytes(count: number): Uint8Array;
}

/** Randomness of the operating system. */
export function createSystemRandom(): Random {
  return { next: () => Math.random(), bytes: (count) => randomBytes(count) };
}
