/** Randomness as the rest of the code sees it; tests hand in a seeded one. */
export interface Random {
  /** A number in [0, 1). For jitter and tie-breaks, never for secrets. */
  next(): number;
  /** `count` bytes, at most 65,536, that nobody can guess: keys, connection ids. */
  bytes(count: number): Uint8Array;
}

/** Randomness of the operating system, by Web Crypto, which Node and browsers share. */
export function createSystemRandom(): Random {
  return { next: () => Math.random(), bytes: (count) => crypto.getRandomValues(new Uint8Array(count)) };
}
