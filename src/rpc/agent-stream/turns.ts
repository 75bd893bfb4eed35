/**
 * Shares the time of the event loop between streams. Frames that have arrived could be taken one after the other without a pause, and
 * while they are, nobody else's timers, sockets and calls get their turn: one client that floods would stop all.
 */
export interface Turns {
  /** Resolves when a frame may be taken; undefined, which costs nothing, if it may at once. */
  wait(): Promise<void> | undefined;
  /** A frame was taken that costs this many units; one message is about one unit. */
  spend(units: number): void;
}

/** `unitsPerTurn` bounds what all streams together take in one turn of the event loop. Who waits goes first, in order. */
export function createTurns(unitsPerTurn: number): Turns {
  const waiting: (() => void)[] = [];
  let spent = 0;
  let isPlanned = false;
  const letNextGo = (): void => {
    if (spent < unitsPerTurn) waiting.shift()?.();
  };
  const begin = (): void => {
    isPlanned = waiting.length > 0;
    if (isPlanned) setImmediate(begin);
    spent = 0;
    letNextGo();
  };
  const plan = (): void => {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(begin);
  };
  return {
    wait() {
      if (spent < unitsPerTurn && waiting.length === 0) return undefined;
      plan();
      return new Promise((resolve) => waiting.push(resolve));
    },
    spend(units) {
      spent += units;
      // Ends this turn's account even if nobody has to wait for it.
      plan();
      letNextGo();
    },
  };
}
