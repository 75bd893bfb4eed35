import type { DatabaseSync } from 'node:sqlite';
import { assertSum, sumOfEnvelope } from './checksums.ts';
import { createKeyFilter, type KeyFilter, readKeyFilter } from './key-filter.ts';
import { type KeyPages, pageOf, prepareKeyPages } from './key-pages.ts';

/** Keys on disk that went there together, on pages in the order of their hashes. */
export interface KeyRun {
  readonly number: number;
  readonly pages: number;
  readonly filter: KeyFilter;
  keys: number;
  /** The oldest and the newest record in it. */
  readonly oldest: number;
  readonly newest: number;
  /** Somebody is at work on it. */
  busy: boolean;
  /** It has nothing left but keys that are needed for longer. */
  swept: boolean;
}

/** A run that is being written. Until it is finished nobody looks into it. */
export interface KeyRunDraft {
  readonly pages: number;
  /** In the order of the pages; one without keys may be left out. */
  write(page: number, pairs: readonly number[]): void;
  /** It is a run from now on. */
  finish(records: { readonly oldest: number; readonly newest: number }): void;
}

/** All runs on disk. Every change is part of the transaction that it is made in. */
export interface KeyRuns {
  readonly live: ReadonlySet<KeyRun>;
  readonly pages: KeyPages;
  /** Puts the sequences of all keys that have this hash behind those that were `found` already. */
  collect(hash: number, found: number[]): void;
  begin(size: { readonly keys: number; readonly pages: number }): KeyRunDraft;
  /** Nobody looks into a run any more; its pages go with `removeSome`. */
  drop(run: KeyRun): void;
  /** Writes down how many keys a run has. */
  recount(run: KeyRun): void;
  /** Deletes some pages of runs that were dropped, at most as many as named; returns how many. */
  removeSome(pages: number): number;
}

/** `state` of a run. One that was not finished when the process ended is as good as dropped. */
const DRAFT = 0;
const LIVE = 1;
const DROPPED = 2;

interface Row {
  readonly run: number;
  readonly pages: number;
  readonly keys: number;
  readonly oldest: number;
  readonly newest: number;
  readonly filter: Uint8Array;
  readonly sum: number;
}

export function openKeyRuns(db: DatabaseSync): KeyRuns {
  const insert = db.prepare(
    `INSERT INTO key_runs (state, pages, keys, oldest, newest) VALUES (${DRAFT}, ?, 0, 0, 0) RETURNING run`,
  );
  const finish = db.prepare(
    `UPDATE key_runs SET state = ${LIVE}, keys = ?, oldest = ?, newest = ?, filter = ?, sum = ? WHERE run = ?`,
  );
  const setDropped = db.prepare(`UPDATE key_runs SET state = ${DROPPED}, filter = NULL WHERE run = ?`);
  const recount = db.prepare('UPDATE key_runs SET keys = ? WHERE run = ?');
  const remove = db.prepare('DELETE FROM key_runs WHERE run = ?');
  const pages = prepareKeyPages(db);
  const live = new Set<KeyRun>();
  const dropped: { readonly number: number; readonly pages: number; from: number }[] = [];

  for (const row of db.prepare(`SELECT * FROM key_runs WHERE state = ${LIVE} ORDER BY run`).all() as unknown as Row[]) {
    const { run, filter, sum, ...rest } = row;
    assertSum(sum, sumOfEnvelope(run, filter), { table: 'key_runs', place: run });
    live.add({ ...rest, number: run, filter: readKeyFilter(filter), busy: false, swept: false });
  }
  for (const row of db.prepare(`SELECT run, pages FROM key_runs WHERE state <> ${LIVE}`).all() as unknown as Row[]) {
    dropped.push({ number: row.run, pages: row.pages, from: 0 });
  }
  return {
    live,
    pages,
    collect(hash, found) {
      for (const run of live) {
        if (run.filter.mayHave(hash)) collectFrom(pages.read(run.number, pageOf(hash, run.pages)), hash, found);
      }
    },
    begin(size) {
      const { run: number } = insert.get(size.pages) as { run: number };
      const filter = createKeyFilter(size.keys);
      let keys = 0;
      return {
        pages: size.pages,
        write(page, pairs) {
          pages.write(number, page, pairs);
          for (let at = 0; at < pairs.length; at += 2) filter.add(pairs[at] as number);
          keys += pairs.length / 2;
        },
        finish({ oldest, newest }) {
          finish.run(keys, oldest, newest, filter.bytes, sumOfEnvelope(number, filter.bytes), number);
          live.add({ number, pages: size.pages, filter, keys, oldest, newest, busy: false, swept: false });
        },
      };
    },
    drop(run) {
      setDropped.run(run.number);
      live.delete(run);
      dropped.push({ number: run.number, pages: run.pages, from: 0 });
    },
    recount: (run) => void recount.run(run.keys, run.number),
    removeSome(count) {
      const run = dropped[0];
      if (run === undefined) return 0;
      const until = Math.min(run.from + count, run.pages);
      pages.remove(run.number, run.from, until);
      const removed = until - run.from;
      run.from = until;
      if (until === run.pages) {
        remove.run(run.number);
        dropped.shift();
      }
      return removed;
    },
  };
}

function collectFrom(pairs: Float64Array, hash: number, found: number[]): void {
  for (let at = 0; at < pairs.length; at += 2) {
    if (pairs[at] === hash) found.push(pairs[at + 1] as number);
  }
}
