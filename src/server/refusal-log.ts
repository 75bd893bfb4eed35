import type { Logger } from 'pino';
import type { Clock } from '../lib/clock.ts';
import { createRareTelling } from '../lib/rare-telling.ts';

export interface RefusalLogOptions {
  readonly log: Logger;
  readonly clock: Clock;
  /** Least time between two lines, in milliseconds. */
  readonly everyMs: number;
}

/** Counts refused connections: the first is logged at once, those that follow together, now and then. */
export function createRefusalLog({ log, clock, everyMs }: RefusalLogOptions): () => void {
  const tell = (refused: number): void => log.warn({ refused }, 'connections were refused: there are too many');
  return createRareTelling({ clock, everyMs, tell });
}
