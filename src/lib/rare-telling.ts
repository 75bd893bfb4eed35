import type { Clock } from './clock.ts';

export interface RareTellingOptions {
  readonly clock: Clock;
  /** Least time between two tellings, in milliseconds. */
  readonly everyMs: number;
  tell(count: number): void;
}

/** Counts what may happen too often to be told each time: the first is told at once, those that follow together, now and then. */
export function createRareTelling({ clock, everyMs, tell }: RareTellingOptions): (count?: number) => void {
  let quiet = false;
  let total = 0;
  const tellAll = (): void => {
    quiet = total > 0;
    if (!quiet) return;
    tell(total);
    total = 0;
    clock.setTimer(tellAll, everyMs);
  };
  return (count = 1) => {
    total += count;
    if (!quiet) tellAll();
  };
}
