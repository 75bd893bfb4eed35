import type { EngineErrorCode } from '../engine.ts';
import { EngineError } from '../engine.ts';
import type { MailChunk, OpenedState } from './load-state.ts';
import { sqliteCode } from './sqlite-error.ts';
import type { Tape, TapeColumns } from './tape.ts';

/** What the worker is started with. */
export interface WorkerOptions {
  /** Path of the database, or `:memory:`. */
  readonly file: string;
}

/** A batch of operations, or the request to close the database and end. */
export type ToWorker = BatchMessage | { readonly kind: 'close' };

export interface BatchMessage {
  readonly kind: 'batch';
  readonly tape: Tape;
  readonly operations: number;
}

export type FromWorker =
  | { readonly kind: 'mail'; readonly chunk: MailChunk }
  | { readonly kind: 'opened'; readonly state: OpenedState }
  | Replies
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'closed' };

/** The replies to all operations of a batch, in order; it is durable. */
export interface Replies {
  readonly kind: 'replies';
  readonly tape: Tape;
  /** Of the tape of the batch, which nobody reads any more. */
  readonly spent: TapeColumns;
  /** Of the whole batch, in the worker. */
  readonly durationMs: number;
}

/** An error as it crosses the threads, where it would lose its class and its code. */
export interface Failure {
  readonly code: EngineErrorCode;
  readonly message: string;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly cause: unknown;
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof EngineError) {
    return { code: error.code, message: error.message, facts: error.facts, cause: error.cause };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'failed', message, facts: { sqliteCode: sqliteCode(error) }, cause: error };
}
