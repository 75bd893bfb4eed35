import type { Socket } from 'node:net';
import type { Clock } from '../lib/clock.ts';

/** What every HTTP/2 connection begins with (RFC 9113, section 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export interface SniffOptions {
  readonly clock: Clock;
  /** Time to say enough, in milliseconds. A client that drips bytes gets no more of it. */
  readonly timeoutMs: number;
  /** Takes over the socket with everything that was read still in it. */
  decided(socket: Socket, protocol: 'http1' | 'http2'): void;
}

/**
 * Finds out which HTTP a client speaks by its first bytes, so that one cleartext port serves both. A
 * socket that closes, fails or says too little in time is gone afterwards and `decided` is not called.
 */
export function sniff(socket: Socket, { clock, timeoutMs, decided }: SniffOptions): void {
  let head: Buffer = Buffer.alloc(0);
  const timer = clock.setTimer(() => socket.destroy(), timeoutMs);
  const destroy = () => socket.destroy();
  const stop = () => {
    timer.cancel();
    socket.off('readable', read).off('end', destroy).off('error', destroy).off('close', stop);
  };
  const read = () => {
    const chunk: Buffer | null = socket.read();
    if (chunk === null) return;
    head = Buffer.concat([head, chunk]);
    const protocol = protocolOf(head);
    if (protocol === undefined) return;
    stop();
    socket.unshift(head);
    decided(socket, protocol);
  };
  socket.on('readable', read).on('end', destroy).on('error', destroy).on('close', stop);
}

/** Undefined while the bytes are a beginning of the preface. */
function protocolOf(head: Buffer): 'http1' | 'http2' | undefined {
  const length = Math.min(head.length, PREFACE.length);
  if (head.compare(PREFACE, 0, length, 0, length) !== 0) return 'http1';
  return length === PREFACE.length ? 'http2' : undefined;
}
