import type { ClientHttp2Stream } from 'node:http2';
import type { RawHttp2 } from './raw-http2.ts';

/** Nothing was taken for this long: whoever writes is being held back. */
const HELD_BACK_MS = 500;

/** Writes the same bytes over and over until the bus takes no more of them, or `limitBytes` were taken. Returns what it took. */
export async function floodUntilHeldBack(
  stream: ClientHttp2Stream,
  bytes: Buffer,
  limitBytes: number,
): Promise<number> {
  for (let taken = 0; taken < limitBytes; taken += bytes.length) {
    if (!(await isTaken(stream, bytes))) return taken;
  }
  return limitBytes;
}

function isTaken(stream: ClientHttp2Stream, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    if (stream.closed || stream.destroyed) return resolve(false);
    const timer = setTimeout(() => resolve(false), HELD_BACK_MS);
    stream.write(bytes, (error) => {
      clearTimeout(timer);
      resolve(error === undefined || error === null);
    });
  });
}

/** Sends a frame `times` times, or until the bus ends the connection. Whether it did. */
export async function floodFrames(connection: RawHttp2, frame: Buffer, times: number): Promise<boolean> {
  const together = 1_000;
  const many = Buffer.concat(Array.from({ length: together }, () => frame));
  for (let sent = 0; sent < times && !connection.closed; sent += together) await connection.write(many);
  return connection.closed;
}
