import type { Clock, Timer } from '../../lib/clock.ts';

export interface SilenceOptions {
  readonly clock: Clock;
  readonly limitMs: number;
  readonly stream: { silentMs(): number };
  /** Called when nothing was heard for `limitMs`, and after every further `limitMs` of silence. */
  onSilent(): void;
}

/**
 * Notices a stream that has gone silent. Signs of life come far more often than
 * silence, so they only leave their time, and one timer looks at it when it fires.
 */
export function watchSilence({ clock, limitMs, stream, onSilent }: SilenceOptions): { stop(): void } {
  let timer: Timer;
  let stopped = false;
  const arm = (delayMs: number): void => {
    timer = clock.setTimer(look, delayMs);
  };
  const look = (): void => {
    const leftMs = limitMs - stream.silentMs();
    if (leftMs <= 0) onSilent();
    if (!stopped) arm(leftMs > 0 ? leftMs : limitMs);
  };
  arm(limitMs);
  return {
    stop() {
      stopped = true;
      timer.cancel();
    },
  };
}
