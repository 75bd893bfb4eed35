import type { Http2Session } from 'node:http2';
import type { Clock, Timer } from '../lib/clock.ts';

export interface PingOptions {
  readonly clock: Clock;
  /** Time between two pings, in milliseconds. */
  readonly afterMs: number;
  /** Silence behind a ping after which the connection is dead, in milliseconds; longer if much is on its way before it. */
  readonly timeoutMs: number;
  /** Longest time for the answer, in milliseconds, whatever is on its way and whatever else is heard. */
  readonly oneWayMs: number;
  /** What a line carries at least: the answer to a ping waits behind all that the bus said before. */
  readonly slowestBytesPerSecond: number;
}

/**
 * Asks an HTTP/2 connection for a sign of life now and then, and destroys it if none comes: Node would keep the streams of a
 * machine that lost power until TCP gives up, which takes a quarter of an hour. It asks too when the client is heard: what
 * the bus says may be lost though what the client says arrives, and only an answer tells.
 */
export function pingSession(session: Http2Session, options: PingOptions): void {
  const { clock, afterMs, timeoutMs, oneWayMs, slowestBytesPerSecond } = options;
  /** What the bus had said when it asked what was answered last: all of it has arrived. */
  let arrived = 0;
  let timer: Timer;
  const wait = () => {
    timer = clock.setTimer(ask, afterMs);
  };
  const ask = () => {
    if (session.destroyed) return;
    const giveUpAt = clock.now() + oneWayMs;
    const { bytesWritten: said } = session.socket;
    const silenceMs = timeoutMs + ((said - arrived) / slowestBytesPerSecond) * 1_000;
    let heard: number;
    const listen = () => {
      heard = session.socket.bytesRead;
      timer = clock.setTimer(look, Math.min(silenceMs, giveUpAt - clock.now()));
    };
    const look = () => {
      if (session.destroyed) return;
      if (session.socket.bytesRead === heard || clock.now() >= giveUpAt) session.destroy();
      else listen();
    };
    listen();
    const sent = session.ping((error) => {
      if (error !== null) return;
      timer.cancel();
      arrived = said;
      wait();
    });
    if (!sent) session.destroy();
  };
  wait();
  session.once('close', () => timer.cancel());
}
