import type { DatabaseSync } from 'node:sqlite';
import type { Counters } from './counters.ts';
import type { PlainRows } from './plain-rows.ts';
import type { RecordCount } from './record-count.ts';
import type { RecordKeys } from './record-keys.ts';
import type { TapeReader, TapeWriter } from './tape.ts';

/**
 * One thing the worker can be asked for. Its request and its reply cross on tapes;
 * both ends of each are in the same file, so that they cannot drift apart.
 */
export interface Operation<Request, Reply> {
  /** Whether it may change the database. */
  readonly writes: boolean;
  /** Main thread: how many writes a request is, each of which could be one by itself; absent: one. */
  count?(request: Request): number;
  /**
   * Worker: whether it may run before the rows of messages of its own batch are written, because it looks at none but
   * those that `RecordKeys` found.
   */
  readonly leavesNewRows?: true;
  /** Main thread: puts the request on a tape. */
  encode(request: Request, tape: TapeWriter): void;
  /** Worker: prepares the statements, once. */
  prepare(store: Store): RunOperation;
  /** Main thread: reads the reply. */
  decode(tape: TapeReader): Reply;
}

/** What the worker works on. */
export interface Store {
  readonly db: DatabaseSync;
  readonly keys: RecordKeys;
  readonly rows: PlainRows;
  readonly counters: Counters;
  readonly recordCount: RecordCount;
  /** Has `work` done when the batch is durable and its replies are on their way: outside of any transaction. */
  afterBatch(work: () => void): void;
}

/**
 * Worker: reads all of one request, does it inside the batch's transaction, and
 * writes the reply. What it refuses it must refuse before it changes anything. An
 * exception is a fault of the store and ends it.
 */
export type RunOperation = (request: TapeReader, reply: TapeWriter) => void;
