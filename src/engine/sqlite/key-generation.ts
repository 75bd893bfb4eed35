import { pageOf, pagesFor } from './key-pages.ts';

/** Keys in memory that go to the disk together, as hashes and sequences. */
export interface KeyGeneration {
  readonly size: number;
  /** How many pages `pairsOf` knows. */
  readonly pages: number;
  /** The oldest and the newest record in it. */
  readonly oldest: number;
  readonly newest: number;
  add(hash: number, sequence: number): void;
  /** Puts the sequences of all keys that have this hash behind those that were `found` already. */
  collect(hash: number, found: number[]): void;
  /** Hash and sequence of one key after the other, in no order: those that belong on one page. */
  pairsOf(page: number): readonly number[];
}

/** Stands for a place that no key has; no hash is negative. */
const FREE = -1;

/** For some `capacity` keys; it takes more. */
export function createKeyGeneration(capacity: number): KeyGeneration {
  const pages = pagesFor(capacity);
  const pairs: number[][] = Array.from({ length: pages }, () => []);
  // Two columns of numbers, of which at most half is in use, and room for what comes until the next batch: a Map of as many
  // numbers would take several times the memory.
  let places = 2 ** Math.ceil(Math.log2(capacity * 3));
  let hashes = new Float64Array(places).fill(FREE);
  let sequences = new Float64Array(places);
  let size = 0;
  let oldest = Number.POSITIVE_INFINITY;
  let newest = 0;

  const put = (hash: number, sequence: number): void => {
    let place = placeOf(hash, places);
    while (hashes[place] !== FREE) place = (place + 1) & (places - 1);
    hashes[place] = hash;
    sequences[place] = sequence;
  };
  const grow = (): void => {
    places *= 2;
    hashes = new Float64Array(places).fill(FREE);
    sequences = new Float64Array(places);
    for (const list of pairs) {
      for (let at = 0; at < list.length; at += 2) put(list[at] as number, list[at + 1] as number);
    }
  };
  return {
    get size() {
      return size;
    },
    pages,
    get oldest() {
      return oldest;
    },
    get newest() {
      return newest;
    },
    add(hash, sequence) {
      if (++size * 2 > places) grow();
      put(hash, sequence);
      pairs[pageOf(hash, pages)]?.push(hash, sequence);
      oldest = Math.min(oldest, sequence);
      newest = Math.max(newest, sequence);
    },
    collect(hash, found) {
      for (let place = placeOf(hash, places); hashes[place] !== FREE; place = (place + 1) & (places - 1)) {
        if (hashes[place] === hash) found.push(sequences[place] as number);
      }
    },
    pairsOf: (page) => pairs[page] ?? [],
  };
}

/** By the lower bits. `places` is a power of two. */
function placeOf(hash: number, places: number): number {
  return (hash >>> 0) & (places - 1);
}
