import type { Forgotten } from '../engine/engine.ts';

export type { Forgotten };

/**
 * What the bus tells whoever counts. Called from the event loop on the path of
 * messages, so implementations only add to counters.
 */
export interface BusObserver {
  /** So many messages are on disk. */
  accepted?(count: number): void;
  /** A send was answered as a repeat. */
  duplicate?(): void;
  /** Messages were handed to a recipient. */
  delivered?(count: number): void;
  /** Of those, this many were or may have been delivered before. */
  redelivered?(count: number): void;
  /** Messages were settled for good. */
  acknowledged?(count: number): void;
  /** A message became a dead letter. */
  deadLettered?(): void;
  /** A message passed its expiry. */
  expired?(): void;
  /** Dead letters are back in their mailboxes. */
  deadLettersRedelivered?(count: number): void;
  /** Dead letters were deleted, because somebody asked for it. */
  deadLettersPurged?(count: number): void;
  /** Retention took something away, because of its age or because there was too much of its kind. */
  forgotten?(what: Forgotten): void;
  /** A task was delegated. */
  taskDelegated?(): void;
  /** An attempt of a task failed and another follows; the reason is one of the bus's own words. */
  attemptFailed?(reason: string): void;
  /** A task ended, with the status of this name. */
  taskEnded?(status: string): void;
  /** News of a message found no room on a stream of its sender, and was dropped. */
  receiptDropped?(): void;
  /** A group of writes became durable in `durationMs`. */
  committed?(writes: number, durationMs: number): void;
  /** The store failed: the process must stop. */
  failed?(error: Error): void;
}
