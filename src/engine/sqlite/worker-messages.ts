import type { EngineErrorCode } from '../engine.ts';
import type { MailChunk, OpenedState } from './load-state.ts';
import type { Tape } from './tape.ts';

/** What the worker is started with. */
export interface WorkerOptions {
  /** Path of the database, or `:memory:`. */
  readonly file: string;
}

/** A batch of operations, or the request to close the database and end. */
export type ToWorker =
  | { readonly kind: 'batch'; readonly tape: Tape; readonly operations: number }
  | { readonly kind: 'close' };

export type FromWorker =
  | { readonly kind: 'mail'; readonly chunk: MailChunk }
  | { readonly kind: 'opened'; readonly state: OpenedState }
  /** The replies to all operations of a batch, in order; it is durable. */
  | { readonly kind: 'replies'; readonly tape: Tape; readonly durationMs: number }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'closed' };

/** An error as it crosses the threads, where it would lose its class and its code. */
export interface Failure {
  readonly code: EngineErrorCode;
  readonly message: string;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly cause: unknown;
}
