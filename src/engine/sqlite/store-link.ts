import type { FromWorker, ToWorker } from './worker-messages.ts';

/** The way to what runs the store, and back. What is sent arrives in order, and never before `send` returns. */
export interface StoreLink {
  /** The sender uses the buffers in `moved` no more. */
  send(message: ToWorker, moved: ArrayBuffer[]): void;
  /** Takes the place of the listener before it. Nothing comes until there is one. */
  listen(listener: StoreLinkListener): void;
  /** Ends the other side at once, whatever it is doing. */
  terminate(): Promise<void>;
  /** Resolves when the other side has ended, by itself or otherwise. */
  readonly ended: Promise<void>;
}

export interface StoreLinkListener {
  received(message: FromWorker): void;
  /** The other side met an error that it did not expect. */
  crashed(error: unknown): void;
  /** The other side has ended; nothing comes after this. */
  exited(code: number): void;
}
