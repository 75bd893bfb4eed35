import type { DatabaseSync } from 'node:sqlite';
import { assertSum, sumOfEnvelope } from './checksums.ts';
import { HASH_RANGE } from './hash-key.ts';

/**
 * The pages of runs of keys. One holds the hashes and sequences of some hundred keys as numbers, sorted by hash, in one
 * value: written and read for the price of a row each, where a row for every key would cost a hundred times as much.
 */
export interface KeyPages {
  /** Writes a page of a run. `pairs`: hash and sequence of one key after the other, in any order. */
  write(run: number, page: number, pairs: readonly number[]): void;
  /** Hash and sequence of one key after the other, sorted by hash; empty if nothing was written, or it is gone. */
  read(run: number, page: number): Float64Array;
  /** Deletes the pages of a run from one on until before another. */
  remove(run: number, from: number, until: number): void;
}

/** Two pages fit one of the database's 4 KiB, though some have a few keys more than others. */
const KEYS_PER_PAGE = 112;
/** Pages of one run: more than any has. */
const PAGE_RANGE = 2 ** 24;
const NOTHING = new Float64Array(0);

/** How many pages so many keys go to. */
export function pagesFor(keys: number): number {
  return Math.max(1, Math.ceil(keys / KEYS_PER_PAGE));
}

/** The page of a key in a run of so many pages: hashes are spread evenly, so that none has much more than another. */
export function pageOf(hash: number, pages: number): number {
  return Math.floor((hash / HASH_RANGE) * pages);
}

export function prepareKeyPages(db: DatabaseSync): KeyPages {
  const insert = db.prepare('INSERT OR REPLACE INTO key_pages (page, pairs, sum) VALUES (?, ?, ?)');
  const select = db.prepare('SELECT pairs, sum FROM key_pages WHERE page = ?');
  const remove = db.prepare('DELETE FROM key_pages WHERE page >= ? AND page < ?');
  const placeOf = (run: number, page: number): number => run * PAGE_RANGE + page;
  return {
    write(run, page, pairs) {
      if (pairs.length === 0) return;
      const place = placeOf(run, page);
      const bytes = new Uint8Array(sortedByHash(pairs).buffer);
      insert.run(place, bytes, sumOfEnvelope(place, bytes));
    },
    read(run, page) {
      const place = placeOf(run, page);
      const row = select.get(place) as { pairs: Uint8Array; sum: number } | undefined;
      if (row === undefined) return NOTHING;
      assertSum(row.sum, sumOfEnvelope(place, row.pairs), { table: 'key_pages', place });
      return new Float64Array(row.pairs.buffer, row.pairs.byteOffset, row.pairs.byteLength / NOTHING.BYTES_PER_ELEMENT);
    },
    remove: (run, from, until) => void remove.run(placeOf(run, from), placeOf(run, until)),
  };
}

function sortedByHash(pairs: readonly number[]): Float64Array<ArrayBuffer> {
  const order = Array.from({ length: pairs.length / 2 }, (_, index) => index * 2);
  order.sort((a, b) => (pairs[a] as number) - (pairs[b] as number));
  const sorted = new Float64Array(pairs.length);
  let next = 0;
  for (const at of order) {
    sorted[next++] = pairs[at] as number;
    sorted[next++] = pairs[at + 1] as number;
  }
  return sorted;
}
