import { crashPoint } from '../../lib/crash-point.ts';
import { SQLITE_LIMITS } from '../../limits.ts';
import type { EngineObserver } from '../engine.ts';
import { EngineError } from '../engine.ts';
import type { MailChunk, OpenedState } from './load-state.ts';
import type { Operation } from './operation.ts';
import { noOperation } from './operations/no-operation.ts';
import { OPERATIONS } from './operations.ts';
import { createSpareColumns } from './spare-columns.ts';
import type { StoreLink } from './store-link.ts';
import type { TapeReader, TapeWriter } from './tape.ts';
import { createTapeReader, createTapeWriter, tapeBuffers } from './tape.ts';
import type { Replies, ToWorker } from './worker-messages.ts';

const repliesArrived = crashPoint('store.replies-arrived');
const repliesHandled = crashPoint('store.replies-handled');

/**
 * The main thread's end of the worker. Operations queue here; whenever the worker
 * is free it gets all that wait, up to the bounds of a batch, and answers all at once.
 */
export interface StoreThread {
  /** Queues an operation. Exactly one of the two callbacks is called, in the order of submission. */
  submit<Request, Reply>(operation: Operation<Request, Reply>, request: Request, callbacks: Callbacks<Reply>): void;
  /** `submit` as a promise, for calls from outside: it rejects once they are refused. */
  call<Request, Reply>(operation: Operation<Request, Reply>, request: Request): Promise<Reply>;
  /** Resolves when all that was submitted is durable. */
  flush(): Promise<void>;
  /** Throws what every call must reject with once the store is closed or has failed. */
  assertOpen(): void;
  /** Takes no more operations from outside; what was submitted still runs. */
  refuseCalls(): void;
  /** Closes the database after what was submitted, and ends the thread. Resolves also when the store has failed. */
  close(): Promise<void>;
}

export interface Callbacks<Reply> {
  done(reply: Reply): void;
  failed(error: EngineError): void;
}

export interface StoreThreadOptions {
  readonly link: StoreLink;
  readonly observer: EngineObserver;
  /** Gets the waiting mail, oldest first, while the store opens. */
  onMail(chunk: MailChunk): void;
  /** Called once, before anything is rejected, when the store fails. */
  onFailure(): void;
}

interface Pending {
  decode(tape: TapeReader): unknown;
  done(reply: never): void;
  failed(error: EngineError): void;
}

interface Batch {
  readonly tape: TapeWriter;
  readonly pending: Pending[];
  /** What it does, each message counted that could be an operation by itself. */
  size: number;
  /** The part of it that may change the database. */
  writes: number;
}

/** Opens the store; rejects with the `EngineError` that says why it could not be. */
export async function startStoreThread(
  options: StoreThreadOptions,
): Promise<{ thread: StoreThread; state: OpenedState }> {
  const state = await opened(options);
  return { thread: createStoreThread(options), state };
}

function opened({ link, onMail }: StoreThreadOptions): Promise<OpenedState> {
  const { promise, resolve, reject } = Promise.withResolvers<OpenedState>();
  link.listen({
    received(message) {
      if (message.kind === 'mail') onMail(message.chunk);
      if (message.kind === 'opened') resolve(message.state);
      if (message.kind === 'failed') {
        const { code, facts, cause } = message.failure;
        reject(new EngineError(code, message.failure.message, { facts, cause }));
      }
    },
    crashed: (error) => reject(new EngineError('failed', 'the store thread could not start', { cause: error })),
    exited: () => reject(new EngineError('failed', 'the store thread ended while it opened the database')),
  });
  return promise;
}

function createStoreThread({ link, observer, onFailure }: StoreThreadOptions): StoreThread {
  const codes = new Map<object, number>(OPERATIONS.map((operation, code) => [operation, code]));
  /** Batches that are still to be sent; only the last one grows. */
  let queue: Batch[] = [];
  /** Batches that the worker has, oldest first. */
  let running: Batch[] = [];
  const spares = createSpareColumns();
  let sendPlanned = false;
  let callsRefused = false;
  let closing: Promise<void> | undefined;
  let exitExpected = false;
  let failure: EngineError | undefined;

  const openBatch = (): Batch => {
    const last = queue.at(-1);
    if (
      last !== undefined &&
      last.size < SQLITE_LIMITS.maxBatchOperations &&
      last.tape.weight < SQLITE_LIMITS.maxBatchBytes
    ) {
      return last;
    }
    const batch: Batch = { tape: createTapeWriter(spares.take()), pending: [], size: 0, writes: 0 };
    queue.push(batch);
    return batch;
  };
  const post = (message: ToWorker, moved: ArrayBuffer[] = []): void => link.send(message, moved);
  // While one batch runs, a second one is sent ahead if it is large: then neither thread waits for the other.
  const maySend = ({ size }: Batch): boolean => {
    const [first, second] = running;
    if (first === undefined || second !== undefined) return first === undefined;
    return size >= Math.max(SQLITE_LIMITS.aheadOperations, first.size * SQLITE_LIMITS.aheadShare);
  };
  const sendWaiting = (): void => {
    sendPlanned = false;
    if (failure !== undefined) return;
    for (let batch = queue[0]; batch !== undefined && maySend(batch); batch = queue[0]) {
      queue.shift();
      running.push(batch);
      const tape = batch.tape.finish();
      post({ kind: 'batch', tape, operations: batch.pending.length }, tapeBuffers(tape));
    }
  };
  // A microtask later, so that all operations of one turn go together.
  const planSend = (): void => {
    if (sendPlanned) return;
    sendPlanned = true;
    queueMicrotask(sendWaiting);
  };
  const fail = (error: EngineError): void => {
    if (failure !== undefined) return;
    failure = error;
    onFailure();
    observer.failed?.(error);
    const lost = [...running, ...queue].flatMap((batch) => batch.pending);
    running = [];
    queue = [];
    for (const pending of lost) pending.failed(error);
  };
  const onReplies = ({ tape, spent, durationMs }: Replies): void => {
    repliesArrived();
    spares.give(spent);
    const { pending = [], writes = 0 } = running.shift() ?? {};
    // Before the replies are read, so that the worker does not wait for what they set off.
    sendWaiting();
    const reader = createTapeReader(tape);
    for (const { decode, done } of pending) done(decode(reader) as never);
    repliesHandled();
    if (writes > 0) observer.committed?.(writes, durationMs);
  };
  link.listen({
    received(message) {
      if (message.kind === 'replies') onReplies(message);
      if (message.kind === 'failed') fail(failedError(message.failure.message, message.failure));
    },
    crashed: (error) => fail(failedError('the store thread crashed', { cause: error })),
    exited(code) {
      if (!exitExpected) fail(failedError(`the store thread ended with code ${code}`));
    },
  });

  const submit: StoreThread['submit'] = (operation, request, { done, failed }) => {
    if (failure !== undefined) return failed(failure);
    if (closing !== undefined) return failed(closedError());
    const batch = openBatch();
    const count = operation.count?.(request) ?? 1;
    batch.size += count;
    if (operation.writes) batch.writes += count;
    batch.tape.number(codes.get(operation) as number);
    operation.encode(request, batch.tape);
    batch.pending.push({ decode: operation.decode, done, failed });
    planSend();
  };
  const assertOpen = (): void => {
    if (failure !== undefined) throw failure;
    if (callsRefused) throw closedError();
  };
  const call: StoreThread['call'] = async (operation, request) => {
    assertOpen();
    return await new Promise((resolve, reject) => submit(operation, request, { done: resolve, failed: reject }));
  };
  const drained = (): Promise<void> =>
    new Promise((resolve) => submit(noOperation, undefined, { done: resolve, failed: () => resolve() }));
  const end = async (allDone: Promise<void>): Promise<void> => {
    await allDone;
    exitExpected = true;
    if (failure === undefined) post({ kind: 'close' });
    else await link.terminate();
    await link.ended;
  };
  return {
    submit,
    call,
    flush: () => call(noOperation, undefined),
    assertOpen,
    refuseCalls() {
      callsRefused = true;
    },
    close() {
      closing ??= end(drained());
      return closing;
    },
  };
}

function closedError(): EngineError {
  return new EngineError('closed', 'the engine is closed');
}

function failedError(
  message: string,
  options: { facts?: Readonly<Record<string, string | number>>; cause?: unknown } = {},
): EngineError {
  return new EngineError('failed', `the store failed: ${message}`, options);
}
