import { describe, expect, it } from 'vitest';
import { createHashKey, HASH_RANGE } from '../../../src/engine/sqlite/hash-key.ts';
import { createKeyFilter, readKeyFilter } from '../../../src/engine/sqlite/key-filter.ts';

// Goal: a filter never denies a key that it has, and seldom fails to deny one that it has not.
// Method: fill it with hashes as the store makes them, and ask for these and for others.

const hash = createHashKey(7);
const KEYS = 50_000;

describe('a filter of keys', () => {
  const filter = createKeyFilter(KEYS);
  for (let key = 0; key < KEYS; key++) filter.add(hash('test://sender', `key-${key}`));

  it('knows all keys, also when it is read back', () => {
    const again = readKeyFilter(filter.bytes.slice());
    for (let key = 0; key < KEYS; key++) {
      expect(again.mayHave(hash('test://sender', `key-${key}`))).toBe(true);
    }
  });

  it('denies nearly all others', () => {
    let wrong = 0;
    for (let key = 0; key < KEYS; key++) if (filter.mayHave(hash('test://sender', `other-${key}`))) wrong++;
    expect(wrong / KEYS).toBeLessThan(1 / 300);
    expect(filter.bytes.byteLength).toBeLessThan(KEYS * 2 + 64);
  });

  it('has a place for the lowest and the highest hash, however many blocks it has', () => {
    for (const keys of [0, 1, 17, 1_000, 4_480_000]) {
      const one = createKeyFilter(keys);
      for (const edge of [0, HASH_RANGE - 1]) {
        expect(one.mayHave(edge)).toBe(false);
        one.add(edge);
        expect(one.mayHave(edge)).toBe(true);
      }
    }
  });
});
