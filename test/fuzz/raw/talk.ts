import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { FuzzedBus } from '../bus/fuzzed-bus.ts';

/** What is done on a connection that nobody's client made. */
export interface Talk {
  readonly secure: boolean;
  /** Written one after the other, with a turn of the event loop in between. */
  readonly chunks: readonly Uint8Array[];
  readonly ends: 'half' | 'reset' | 'wait';
}

/** What came back until the bus closed, or until it had nothing to say any more. */
export interface Reply {
  readonly bytes: Buffer;
  readonly closed: boolean;
}

/** Time in which the bus says what it has to say; nothing is concluded from silence. */
const MOMENT_MS = 25;
const MOST_BYTES = 4 * 1024 * 1024;

/** Opens a connection, says what is to be said, and listens. Never rejects: broken connections are what this is about. */
export function talk({ process }: FuzzedBus, { secure, chunks, ends }: Talk): Promise<Reply> {
  const port = Number(new URL(process.address).port);
  return new Promise((resolve) => {
    const socket: Socket = secure
      ? connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, ALPNProtocols: ['h2'] })
      : connectTcp({ port, host: '127.0.0.1' });
    const heard: Buffer[] = [];
    let size = 0;
    const finish = (closed: boolean) => {
      clearTimeout(quiet);
      socket.destroy();
      resolve({ bytes: Buffer.concat(heard), closed });
    };
    let quiet = setTimeout(finish, 1_000, false);
    const waitOn = () => {
      clearTimeout(quiet);
      quiet = setTimeout(finish, MOMENT_MS, false);
    };
    socket.on('data', (chunk: Buffer) => {
      heard.push(chunk);
      size += chunk.length;
      if (size > MOST_BYTES) finish(false);
      else waitOn();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => finish(true));
    socket.once(secure ? 'secureConnect' : 'connect', async () => {
      for (const chunk of chunks) {
        if (socket.writable) socket.write(chunk);
        await new Promise(setImmediate);
      }
      if (ends === 'half') socket.end();
      if (ends === 'reset') socket.resetAndDestroy();
      else waitOn();
    });
  });
}
