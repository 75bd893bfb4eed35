import type { DatabaseSync } from 'node:sqlite';
import { pageOf, pagesFor } from './key-pages.ts';
import type { KeyRun, KeyRunDraft, KeyRuns } from './key-runs.ts';

/** Keeps the runs few, and free of keys whose records are forgotten. */
export interface KeyUpkeep {
  /** Told that no record before this sequence is left but those that are needed for longer. */
  forgotten(before: number): void;
  /** Does what there is to do, writing or deleting so many pages at most. */
  work(pages: number): void;
}

/** A piece of work that goes on for many batches. */
interface Job {
  /** Does one page of it; false when that was the last. */
  step(): boolean;
}

/** So many runs of one size become one run of the next. */
const RUNS_TOGETHER = 8;
/** Runs of more keys than this size has stay as they are: they are forgotten as a whole, and not too long after their records. */
const LARGEST_SIZE = 2;

export interface KeyUpkeepOptions {
  readonly runs: KeyRuns;
  /** How many keys a run has that comes from memory. */
  readonly keysInMemory: number;
}

export function createKeyUpkeep(db: DatabaseSync, { runs, keysInMemory }: KeyUpkeepOptions): KeyUpkeep {
  const isRecord = db.prepare('SELECT 1 FROM messages WHERE seq = ?');
  const hasRecords = db.prepare('SELECT 1 FROM messages WHERE seq BETWEEN ? AND ? LIMIT 1');
  /** By size: a small one does not wait for a large one that goes on for long. */
  const merges: (Job | undefined)[] = new Array(LARGEST_SIZE).fill(undefined);
  let sweep: Job | undefined;
  let forgottenBefore = 0;

  /** 0 for what comes from memory, 1 for eight of those together, and so on. */
  const sizeOf = ({ keys }: KeyRun): number =>
    Math.max(0, Math.floor(Math.log((keys * 2) / keysInMemory) / Math.log(RUNS_TOGETHER)));
  const startMerge = (size: number): Job | undefined => {
    const inputs = [...runs.live].filter((run) => !run.busy && sizeOf(run) === size).slice(0, RUNS_TOGETHER);
    return inputs.length < RUNS_TOGETHER ? undefined : mergeRuns(runs, inputs);
  };
  const startSweep = (): Job | undefined => {
    for (const run of runs.live) {
      if (run.busy || run.swept || run.newest >= forgottenBefore) continue;
      if (hasRecords.get(run.oldest, run.newest) !== undefined) {
        return sweepRun(runs, run, (sequence) => isRecord.get(sequence) !== undefined);
      }
      runs.drop(run);
    }
    return undefined;
  };
  /** Whether there was anything to merge. */
  const mergePage = (): boolean => {
    for (let size = 0; size < LARGEST_SIZE; size++) {
      const merge = merges[size] ?? startMerge(size);
      if (merge === undefined) continue;
      merges[size] = merge.step() ? merge : undefined;
      return true;
    }
    return false;
  };
  const sweepPage = (): boolean => {
    sweep ??= startSweep();
    if (sweep === undefined) return false;
    if (!sweep.step()) sweep = undefined;
    return true;
  };
  return {
    forgotten(before) {
      forgottenBefore = Math.max(forgottenBefore, before);
    },
    work(pages) {
      for (let left = pages - runs.removeSome(pages); left > 0; left--) {
        if (!mergePage() && !sweepPage()) return;
      }
    },
  };
}

/** Makes one run of several, a page at a time, and drops them at its end. */
function mergeRuns(runs: KeyRuns, inputs: readonly KeyRun[]): Job {
  let keys = 0;
  for (const run of inputs) {
    run.busy = true;
    keys += run.keys;
  }
  const draft = runs.begin({ keys, pages: pagesFor(keys) });
  const readers = inputs.map((run) => createReader(runs, run));
  let page = 0;
  return {
    step() {
      const pairs: number[] = [];
      for (const reader of readers) reader.takeAll(draft, page, pairs);
      draft.write(page, pairs);
      if (++page < draft.pages) return true;
      const oldest = Math.min(...inputs.map((run) => run.oldest));
      const newest = Math.max(...inputs.map((run) => run.newest));
      draft.finish({ oldest, newest });
      for (const run of inputs) runs.drop(run);
      return false;
    },
  };
}

/** Reads the keys of a run in the order of their hashes. */
function createReader({ pages }: KeyRuns, run: KeyRun) {
  let page = 0;
  let pairs = pages.read(run.number, page);
  let at = 0;
  /** Whether there is a key at `at`. */
  const isThere = (): boolean => {
    while (at === pairs.length && page + 1 < run.pages) {
      pairs = pages.read(run.number, ++page);
      at = 0;
    }
    return at < pairs.length;
  };
  return {
    /** Moves the keys that belong on a page of the draft to `into`. */
    takeAll(draft: KeyRunDraft, draftPage: number, into: number[]): void {
      while (isThere() && pageOf(pairs[at] as number, draft.pages) === draftPage) {
        into.push(pairs[at] as number, pairs[at + 1] as number);
        at += 2;
      }
    },
  };
}

/** Leaves only the keys in a run whose records are there, a page at a time. */
function sweepRun(runs: KeyRuns, run: KeyRun, isRecord: (sequence: number) => boolean): Job {
  run.busy = true;
  let page = 0;
  let kept = 0;
  return {
    step() {
      const pairs = runs.pages.read(run.number, page);
      const left: number[] = [];
      for (let at = 0; at < pairs.length; at += 2) {
        if (isRecord(pairs[at + 1] as number)) left.push(pairs[at] as number, pairs[at + 1] as number);
      }
      if (left.length < pairs.length) {
        runs.pages.remove(run.number, page, page + 1);
        runs.pages.write(run.number, page, left);
      }
      kept += left.length / 2;
      if (++page < run.pages) return true;
      run.busy = false;
      run.swept = true;
      run.keys = kept;
      if (kept === 0) runs.drop(run);
      else runs.recount(run);
      return false;
    },
  };
}
