import type { DatabaseSync } from 'node:sqlite';
import { crashPoint } from '../../lib/crash-point.ts';
import { EngineError } from '../engine.ts';
import { prepareCheckpoint, prepareLogLength } from './checkpoint.ts';
import { createCounters } from './counters.ts';
import { type Connection, IN_MEMORY, openDatabase, toOpenError } from './database.ts';
import { beginEpoch, loadMail } from './load-state.ts';
import { type LogMarker, startLogMarker } from './log-mark.ts';
import { type LogRoom, openLogRoom } from './log-room.ts';
import type { Operation, RunOperation, Store } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { createPlainRows } from './plain-rows.ts';
import { createRecordCount } from './record-count.ts';
import { createRecordKeys } from './record-keys.ts';
import { sqliteCode } from './sqlite-error.ts';
import type { Tape } from './tape.ts';
import { createTapeReader, createTapeWriter, tapeBuffers } from './tape.ts';
import type { Failure, FromWorker, Replies, ToWorker, WorkerOptions } from './worker-messages.ts';

const mailLoaded = crashPoint('start.mail-loaded');
const batchReceived = crashPoint('store.batch-received');
const transactionBegun = crashPoint('store.transaction-begun');
const beforeCommit = crashPoint('store.before-commit');
const afterCommit = crashPoint('store.after-commit');
const repliesPosted = crashPoint('store.replies-posted');
const beforeCheckpoint = crashPoint('stop.before-checkpoint');
const afterCheckpoint = crashPoint('stop.after-checkpoint');

/** Owns the database: runs batches, each in one transaction, and nothing else. */
export interface StoreRunner {
  /** Opens the database and tells what waits in it. Comes first. */
  open(options: WorkerOptions): void;
  receive(message: ToWorker): void;
}

export interface StoreRunnerOptions {
  /** The runner uses the buffers in `moved` no more. */
  send(message: FromWorker, moved: ArrayBuffer[]): void;
  /** Called when there is nothing to be received any more: the database is closed, or it has failed. */
  end(): void;
}

export function createStoreRunner({ send, end }: StoreRunnerOptions): StoreRunner {
  let connection: Connection | undefined;
  let marker: LogMarker | undefined;
  let room: LogRoom | undefined;
  let batches: Batches | undefined;

  const openStore = ({ file }: WorkerOptions): void => {
    try {
      connection = openDatabase(file);
      const { db } = connection;
      const state = beginEpoch(db);
      if (file !== IN_MEMORY) {
        marker = startLogMarker(db, file);
        room = openLogRoom(db, file);
      }
      loadMail(db, (chunk) => send({ kind: 'mail', chunk }, [chunk.rows.buffer]));
      mailLoaded();
      batches = prepareBatches(db, { marker, room });
      send({ kind: 'opened', state }, []);
    } catch (error) {
      throw toOpenError(file, error);
    }
  };
  const close = (): void => {
    // Leaves one file behind instead of three, with nothing to recover at the next open.
    beforeCheckpoint();
    connection?.db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
    afterCheckpoint();
    marker?.close();
    room?.close();
    connection?.close();
    send({ kind: 'closed' }, []);
    end();
  };
  /**
   * Nothing is tried again after an exception: a sync that failed may have dropped
   * the pages, and the next one would succeed without them.
   */
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      // Before anybody hears of it and ends the process: SQLite would write the log back once more.
      connection?.abandon();
      send({ kind: 'failed', failure: describe(error) }, []);
      end();
    }
  };
  return {
    open: (options) => attempt(() => openStore(options)),
    receive(message) {
      attempt(() => {
        if (message.kind === 'close') return close();
        batchReceived();
        const replies = batches?.run(message.tape, message.operations);
        if (replies !== undefined) send(replies, [...tapeBuffers(replies.tape), ...tapeBuffers(replies.spent)]);
        repliesPosted();
        batches?.runAfter();
      });
    },
  };
}

/** What goes with the log of a database that is on a disk. */
interface Log {
  readonly marker: LogMarker | undefined;
  readonly room: LogRoom | undefined;
}

interface Batches {
  /** The replies are those of a transaction that is durable. */
  run(tape: Tape, operations: number): Replies;
  /** Marks what is durable, writes the log back if it is long, and does what operations of the batch wanted done after it. */
  runAfter(): void;
}

function prepareBatches(db: DatabaseSync, { marker, room }: Log): Batches {
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
  const run: Batches['run'] = (tape, operations) => {
    const startedAt = performance.now();
    const request = createTapeReader(tape);
    const reply = createTapeWriter();
    let writes = false;
    begin.run();
    transactionBegun();
    for (let index = 0; index < operations; index++) {
      const code = request.number();
      const { writes: changes, leavesNewRows } = OPERATIONS[code] as Operation<never, unknown>;
      writes ||= changes;
      if (leavesNewRows !== true) rows.flush();
      (runs[code] as RunOperation)(request, reply);
    }
    rows.flush();
    keys.settle();
    counters.settle();
    if (writes) marker?.beforeCommit();
    beforeCommit();
    commit.run();
    afterCommit();
    const { numbers, bytes } = tape;
    return {
      kind: 'replies',
      tape: reply.finish(),
      spent: { numbers, bytes },
      durationMs: performance.now() - startedAt,
    };
  };
  const logLength = prepareLogLength(db);
  const checkpoint = prepareCheckpoint(db);
  const runAfter = (): void => {
    const length = marker?.afterCommit() ?? logLength();
    if (checkpoint(length)) marker?.logWrittenBack();
    else room?.makeFor(length.log);
    if (after.length === 0) return;
    const works = after;
    after = [];
    for (const work of works) work();
    marker?.logWrittenBack();
  };
  return { run, runAfter };
}

function describe(error: unknown): Failure {
  if (error instanceof EngineError) {
    return { code: error.code, message: error.message, facts: error.facts, cause: error.cause };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'failed', message, facts: { sqliteCode: sqliteCode(error) }, cause: error };
}
