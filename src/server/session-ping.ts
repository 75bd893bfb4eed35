import type { Http2Session } from 'node:http2';
import type { Clock, Timer } from '../lib/clock.ts';

export interface PingOptions {
  readonly clock: Clock;
  /** Silence before a ping, in milliseconds. */
  readonly afterMs: number;
  /** Time for the answer, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * Asks an HTTP/2 connection for a sign of life when nothing was heard for a while, and destroys it if none
 * comes: Node would keep the streams of a machine that lost power until TCP gives up, which takes a quarter of an hour.
 */
export function pingSession(session: Http2Session, { clock, afterMs, timeoutMs }: PingOptions): void {
  let heard = session.socket?.bytesRead ?? 0;
  let timer: Timer;
  const watch = () => {
    timer = clock.setTimer(check, afterMs);
  };
  const check = () => {
    if (session.destroyed) return;
    const total = session.socket.bytesRead;
    if (total !== heard) {
      heard = total;
      watch();
      return;
    }
    timer = clock.setTimer(() => session.destroy(), timeoutMs);
    const sent = session.ping((error) => {
      if (error !== null) return;
      timer.cancel();
      heard = session.destroyed ? heard : session.socket.bytesRead;
      watch();
    });
    if (!sent) session.destroy();
  };
  watch();
  session.once('close', () => timer.cancel());
}
