import type { DatabaseSync } from 'node:sqlite';
import { crashPoint } from '../../lib/crash-point.ts';
import { prepareCheckpoint, prepareLogLength } from './checkpoint.ts';
import { createCounters } from './counters.ts';
import type { LogMarker } from './log-mark.ts';
import type { LogRoom } from './log-room.ts';
import type { Operation, RunOperation, Store } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { createPlainRows } from './plain-rows.ts';
import { createRecordCount } from './record-count.ts';
import { createRecordKeys } from './record-keys.ts';
import type { Tape, TapePlace } from './tape.ts';
import { createTapeReader, createTapeWriter } from './tape.ts';

const transactionBegun = crashPoint('store.transaction-begun');
const beforeCommit = crashPoint('store.before-commit');
const afterCommit = crashPoint('store.after-commit');

/** Runs batches of operations on a database, each in one transaction. */
export interface Batches {
  /** Begins a transaction, does all operations of the batch in it, in their order, and returns their replies. */
  apply(tape: Tape, operations: number, onWrite?: OnWrite): Tape;
  /** Commits it: the replies may be told from then on. */
  commit(): void;
  /** Marks what is durable, writes the log back if it is long, and does what operations of the batch wanted done after it. */
  runAfter(): void;
}

/** Called with where the request of each operation that may change the database begins and ends on the tape. */
export type OnWrite = (from: TapePlace, to: TapePlace) => void;

/** What goes with the log of a database that is on a disk. */
export interface DatabaseLog {
  readonly marker?: LogMarker | undefined;
  readonly room?: LogRoom | undefined;
}

export function prepareBatches(db: DatabaseSync, { marker, room }: DatabaseLog): Batches {
  const rows = createPlainRows(db);
  const keys = createRecordKeys(db, { beforeLook: rows.flush });
  const counters = createCounters(db);
  const recordCount = createRecordCount(db);
  let after: (() => void)[] = [];
  const afterBatch = (work: () => void): void => void after.push(work);
  const store: Store = { db, keys, rows, counters, recordCount, afterBatch };
  const runs: RunOperation[] = OPERATIONS.map((operation) => operation.prepare(store));
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  const logLength = prepareLogLength(db);
  const checkpoint = prepareCheckpoint(db);
  let writes = false;
  return {
    apply(tape, operations, onWrite) {
      const request = createTapeReader(tape);
      const reply = createTapeWriter();
      writes = false;
      begin.run();
      transactionBegun();
      for (let index = 0; index < operations; index++) {
        const from = onWrite && request.place();
        const code = request.number();
        const { writes: changes, leavesNewRows } = OPERATIONS[code] as Operation<never, unknown>;
        writes ||= changes;
        if (leavesNewRows !== true) rows.flush();
        (runs[code] as RunOperation)(request, reply);
        if (changes && from !== undefined) onWrite?.(from, request.place());
      }
      rows.flush();
      keys.settle();
      counters.settle();
      return reply.finish();
    },
    commit() {
      if (writes) marker?.beforeCommit();
      beforeCommit();
      commit.run();
      afterCommit();
    },
    runAfter() {
      const length = marker?.afterCommit() ?? logLength();
      if (checkpoint(length)) marker?.logWrittenBack();
      else room?.makeFor(length.log);
      if (after.length === 0) return;
      const works = after;
      after = [];
      for (const work of works) work();
      marker?.logWrittenBack();
    },
  };
}
