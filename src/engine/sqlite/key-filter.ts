import { HASH_RANGE } from './hash-key.ts';

/**
 * Says of most hashes that are not among some keys that they are not, without a look at the keys: a split block Bloom
 * filter, in which each hash has one bit in each of the eight words of one block. At sixteen bits a key it is wrong about one
 * hash in some seven hundred, and only ever in one direction.
 */
export interface KeyFilter {
  /** What is stored of it, and what it works on. */
  readonly bytes: Uint8Array;
  add(hash: number): void;
  /** False: certainly not among the keys. */
  mayHave(hash: number): boolean;
}

/** Four fewer would have four times as many pages be read in vain, and save half a byte a key. */
const BITS_PER_KEY = 16;
const WORDS = 8;
const BLOCK_BYTES = WORDS * Uint32Array.BYTES_PER_ELEMENT;

/** Odd, and far from each other in their bits, so that each picks another bit for a hash. Filters are on disk: never change them. */
const SALTS = [0x47b6137b, 0x44974d91, 0x8824ad5b, 0xa2b7289d, 0x705495c7, 0x2df1424b, 0x9efc4947, 0x5c6bfb31] as const;

/** An empty one for so many keys. */
export function createKeyFilter(keys: number): KeyFilter {
  const blocks = Math.max(1, Math.ceil((keys * BITS_PER_KEY) / (BLOCK_BYTES * 8)));
  return readKeyFilter(new Uint8Array(blocks * BLOCK_BYTES));
}

/** The one that these bytes are; they belong to it from now on. */
export function readKeyFilter(bytes: Uint8Array): KeyFilter {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / Uint32Array.BYTES_PER_ELEMENT);
  const blocks = words.length / WORDS;
  /** By the upper bits, so that keys that come in the order of their hashes fill it from its begin to its end. */
  const blockOf = (hash: number): number => Math.floor((hash / HASH_RANGE) * blocks) * WORDS;
  return {
    bytes,
    add(hash) {
      const block = blockOf(hash);
      for (let word = 0; word < WORDS; word++) {
        words[block + word] = (words[block + word] as number) | bitOf(hash, word);
      }
    },
    mayHave(hash) {
      const block = blockOf(hash);
      for (let word = 0; word < WORDS; word++) {
        if (((words[block + word] as number) & bitOf(hash, word)) === 0) return false;
      }
      return true;
    },
  };
}

/** By the lower 32 bits. */
function bitOf(hash: number, word: number): number {
  return 1 << (Math.imul(hash, SALTS[word] as number) >>> 27);
}
