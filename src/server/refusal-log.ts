import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';

export interface RefusalLogOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Least time between two lines, in milliseconds. */
  readonly everyMs: number;
}

/** Counts refused connections: the first is logged at once, those that follow together, now and then. */
export function createRefusalLog({ log, clock, everyMs }: RefusalLogOptions): () => void {
  let quiet = false;
  let count = 0;
  const tell = () => {
    quiet = count > 0;
    if (!quiet) return;
    log.warn({ refused: count }, 'connections were refused: there are too many');
    count = 0;
    clock.setTimer(tell, everyMs);
  };
  return () => {
    count++;
    if (!quiet) tell();
  };
}
