import type { Http2Session } from 'node:http2';
import type { Clock, Timer } from '../lib/clock.ts';

export interface PingOptions {
  readonly clock: Clock;
  /** Time between two pings, in milliseconds. */
  readonly afterMs: number;
  /** Silence behind a ping after which the connection is dead, in milliseconds. */
  readonly timeoutMs: number;
  /** Time for the answer while other things are heard, in milliseconds. */
  readonly oneWayMs: number;
}

/**
 * Asks an HTTP/2 connection for a sign of life now and then, and destroys it if none comes: Node would keep the streams of a
 * machine that lost power until TCP gives up, which takes a quarter of an hour. It asks too when the client is heard: what
 * the bus says may be lost though what the client says arrives, and only an answer tells.
 */
export function pingSession(session: Http2Session, { clock, afterMs, timeoutMs, oneWayMs }: PingOptions): void {
  let timer: Timer;
  const wait = () => {
    timer = clock.setTimer(ask, afterMs);
  };
  const ask = () => {
    if (session.destroyed) return;
    const askedAt = clock.now();
    let heard = session.socket.bytesRead;
    const look = () => {
      if (session.destroyed) return;
      const total = session.socket.bytesRead;
      if (total === heard || clock.now() - askedAt >= oneWayMs) {
        session.destroy();
        return;
      }
      heard = total;
      timer = clock.setTimer(look, timeoutMs);
    };
    timer = clock.setTimer(look, timeoutMs);
    const sent = session.ping((error) => {
      if (error !== null) return;
      timer.cancel();
      wait();
    });
    if (!sent) session.destroy();
  };
  wait();
  session.once('close', () => timer.cancel());
}
