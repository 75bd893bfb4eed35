/** The thread that owns the database: it runs batches, each in one transaction, and nothing else. */
import type { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';
import { EngineError } from '../engine.ts';
import { openDatabase, toOpenError } from './database.ts';
import type { OpenedState } from './load-state.ts';
import { beginEpoch, loadMail } from './load-state.ts';
import type { RunOperation } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { createRecordKeys } from './record-keys.ts';
import { sqliteCode } from './sqlite-error.ts';
import type { Tape } from './tape.ts';
import { createTapeReader, createTapeWriter, tapeBuffers } from './tape.ts';
import type { Failure, FromWorker, ToWorker, WorkerOptions } from './worker-messages.ts';

const port = parentPort;
if (port === null) throw new Error('this module runs as a worker thread');

function send(message: FromWorker, moved: ArrayBuffer[] = []): void {
  port?.postMessage(message, moved);
}

function start({ file }: WorkerOptions): void {
  const { db, state } = open(file);
  const runBatch = prepareBatch(db);
  port?.on('message', (message: ToWorker) => {
    attempt(() => {
      if (message.kind === 'batch') runBatch(message.tape, message.operations);
      else close(db);
    });
  });
  send({ kind: 'opened', state });
}

function open(file: string): { db: DatabaseSync; state: OpenedState } {
  try {
    const db = openDatabase(file);
    const state = beginEpoch(db);
    loadMail(db, (chunk) => send({ kind: 'mail', chunk }, [chunk.rows.buffer]));
    return { db, state };
  } catch (error) {
    throw toOpenError(file, error);
  }
}

function prepareBatch(db: DatabaseSync): (tape: Tape, operations: number) => void {
  const keys = createRecordKeys(db);
  const runs: RunOperation[] = OPERATIONS.map((operation) => operation.prepare({ db, keys }));
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return (tape, operations) => {
    const startedAt = performance.now();
    const request = createTapeReader(tape);
    const reply = createTapeWriter();
    let writes = 0;
    begin.run();
    for (let index = 0; index < operations; index++) {
      const code = request.number();
      if (OPERATIONS[code]?.writes) writes++;
      (runs[code] as RunOperation)(request, reply);
    }
    keys.settle();
    commit.run();
    const replies = reply.finish();
    send({ kind: 'replies', tape: replies, writes, durationMs: performance.now() - startedAt }, tapeBuffers(replies));
  };
}

function close(db: DatabaseSync): void {
  // Leaves one file behind instead of three, with nothing to recover at the next open.
  db.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  db.close();
  send({ kind: 'closed' });
  port?.close();
}

/**
 * Nothing is tried again after an exception: a sync that failed may have dropped
 * the pages, and the next one would succeed without them.
 */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    send({ kind: 'failed', failure: describe(error) });
    port?.close();
  }
}

function describe(error: unknown): Failure {
  if (error instanceof EngineError) {
    return { code: error.code, message: error.message, facts: error.facts, cause: error.cause };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'failed', message, facts: { sqliteCode: sqliteCode(error) }, cause: error };
}

attempt(() => start(workerData as WorkerOptions));
