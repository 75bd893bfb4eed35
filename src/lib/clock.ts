/**
 * Time as the rest of the code sees it. Everything that waits or stamps is
 * handed a `Clock`, so that tests move time by hand and a run can be replayed.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. Never goes back while the process lives. */
  now(): number;
  /**
   * Calls `callback` once, `delayMs` from now or later. A delay of more than `MAX_TIMER_DELAY_MS` is cut to it.
   */
  setTimer(callback: () => void, delayMs: number): Timer;
}

/** A pending call made by {@link Clock.setTimer}. */
export interface Timer {
  /** Forgets the call. Does nothing when it has happened already. */
  cancel(): void;
}

/** The longest delay that Node's timers hold (a signed 32-bit count of milliseconds). */
export const MAX_TIMER_DELAY_MS = 2 ** 31 - 1;

export interface SystemClockOptions {
  /**
   * Whether timers keep the process alive. They do for a client, whose program waits for what they
   * lead to, and do not, by default, for a bus, which lives as long as its port is open.
   */
  readonly keepsAlive?: boolean;
}

/** The clock of the machine, in Node and in browsers; steps back of the wall clock are flattened out. */
export function createSystemClock({ keepsAlive = false }: SystemClockOptions = {}): Clock {
  let latest = 0;
  return {
    now() {
      latest = Math.max(latest, Date.now());
      return latest;
    },
    setTimer(callback, delayMs) {
      const timeout = setTimeout(callback, Math.min(Math.max(delayMs, 0), MAX_TIMER_DELAY_MS));
      if (!keepsAlive) timeout.unref();
      return { cancel: () => clearTimeout(timeout) };
    },
  };
}
