import { crashPoint } from '../../lib/crash-point.ts';
import { type Batches, prepareBatches } from './batches.ts';
import { type Connection, IN_MEMORY, openDatabase, toOpenError } from './database.ts';
import { beginEpoch, clearSuspicion, loadMail } from './load-state.ts';
import { type LogMarker, startLogMarker } from './log-mark.ts';
import { type LogRoom, openLogRoom } from './log-room.ts';
import { tapeBuffers } from './tape.ts';
import type { BatchMessage, FromWorker, ToWorker, WorkerOptions } from './worker-messages.ts';
import { describeFailure } from './worker-messages.ts';

const mailLoaded = crashPoint('start.mail-loaded');
const batchReceived = crashPoint('store.batch-received');
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
      clearSuspicion(
        db,
        loadMail(db, (chunk) => send({ kind: 'mail', chunk }, [chunk.rows.buffer])),
      );
      mailLoaded();
      batches = prepareBatches(db, { marker, room });
      send({ kind: 'opened', state }, []);
    } catch (error) {
      throw toOpenError(file, error);
    }
  };
  const run = (ready: Batches, { tape, operations }: BatchMessage): void => {
    const startedAt = performance.now();
    const replies = ready.apply(tape, operations);
    ready.commit();
    const { numbers, bytes } = tape;
    const durationMs = performance.now() - startedAt;
    send({ kind: 'replies', tape: replies, spent: { numbers, bytes }, durationMs }, [
      ...tapeBuffers(replies),
      ...tapeBuffers(tape),
    ]);
    repliesPosted();
    ready.runAfter();
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
      send({ kind: 'failed', failure: describeFailure(error) }, []);
      end();
    }
  };
  return {
    open: (options) => attempt(() => openStore(options)),
    receive(message) {
      attempt(() => {
        if (message.kind === 'close') return close();
        batchReceived();
        if (batches !== undefined) run(batches, message);
      });
    },
  };
}
