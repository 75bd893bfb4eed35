import { BusError } from '../bus/bus-error.ts';

/**
 * Tells everything that outlives a single call that the process is going to stop.
 * An `AbortSignal` would say "stop now"; this says "finish what you have, take nothing new".
 */
export interface DrainSignal {
  /** Whether the drain has begun. It never ends. */
  readonly draining: boolean;
  /** Why, for people; empty while not draining. */
  readonly reason: string;
  /**
   * Calls `listener` once, when the drain begins; before this returns, if it has begun already.
   * Returns the way to stop listening. A listener must not throw.
   */
  onDrain(listener: (reason: string) => void): () => void;
}

/** The end that starts it. */
export interface DrainControl extends DrainSignal {
  /** Begins the drain; a second call does nothing. */
  begin(reason: string): void;
}

/** A signal that has not begun. */
export function createDrainSignal(): DrainControl {
  const listeners = new Set<(reason: string) => void>();
  let begun: string | undefined;
  return {
    get draining() {
      return begun !== undefined;
    },
    get reason() {
      return begun ?? '';
    },
    onDrain(listener) {
      if (begun !== undefined) {
        listener(begun);
        return () => undefined;
      }
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    begin(reason) {
      if (begun !== undefined) return;
      begun = reason;
      const waiting = [...listeners];
      listeners.clear();
      for (const listener of waiting) listener(reason);
    },
  };
}

/** What those are told who want something new, or still have something open, once the drain has begun. */
export function drainingError({ reason }: DrainSignal): BusError {
  return new BusError('DRAINING', reason === '' ? 'the bus is shutting down' : `the bus is shutting down: ${reason}`);
}
