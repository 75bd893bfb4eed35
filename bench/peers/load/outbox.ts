import type { Socket } from 'node:net';

/** What goes out on a connection, gathered until the event loop turns: one write for all of it. */
export interface Outbox {
  /** Adds ASCII. */
  text(text: string): void;
  /** Adds a part of a buffer, which is copied. */
  bytes(buffer: Buffer, start: number, end: number): void;
}

const FIRST_BYTES = 64 * 1024;

/** Makes an outbox for a socket. */
export function createOutbox(socket: Socket): Outbox {
  let waiting = Buffer.allocUnsafe(FIRST_BYTES);
  let used = 0;

  function room(bytes: number): void {
    if (used === 0) setImmediate(flush);
    if (used + bytes <= waiting.length) return;
    const larger = Buffer.allocUnsafe(Math.max(waiting.length * 2, used + bytes));
    waiting.copy(larger, 0, 0, used);
    waiting = larger;
  }

  function flush(): void {
    const full = waiting.subarray(0, used);
    // The socket keeps what it was given until it is sent. What is left of the memory is used on.
    waiting = waiting.length - used < FIRST_BYTES / 4 ? Buffer.allocUnsafe(FIRST_BYTES) : waiting.subarray(used);
    used = 0;
    if (!socket.destroyed) socket.write(full);
  }

  return {
    text(text) {
      room(text.length);
      used += waiting.write(text, used, 'latin1');
    },
    bytes(buffer, start, end) {
      room(end - start);
      used += buffer.copy(waiting, used, start, end);
    },
  };
}
