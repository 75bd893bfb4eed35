import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { FuzzedBus } from '../bus/fuzzed-bus.ts';
import { PATIENCE_MS } from '../calls/send-request.ts';

/** What is done on a connection that nobody's client made. */
export interface Talk {
  readonly secure: boolean;
  /** Written one after the other, with a turn of the event loop in between. */
  readonly chunks: readonly Uint8Array[];
  readonly ends: 'half' | 'reset' | 'wait';
  /** Whether what was heard is what has to come, for which there is patience. Without it, silence ends the talk. */
  readonly isEnough?: (heard: Buffer) => boolean;
}

/** What came back until the bus closed, until it was enough, or until it had nothing to say any more. */
export interface Reply {
  readonly bytes: Buffer;
  readonly closed: boolean;
  /** The client's port, by which the bus's end of the connection is found. */
  readonly port: number;
}

/** Time in which the bus says what it has to say; nothing is concluded from silence. */
const MOMENT_MS = 25;
const MOST_BYTES = 4 * 1024 * 1024;

/**
 * Opens a connection, says what is to be said, and listens; a bus that was told that there is nothing more to come has to close
 * its end too. Rejects only if what has to come does not: broken connections are what this is about.
 */
export function talk({ process }: FuzzedBus, { secure, chunks, ends, isEnough }: Talk): Promise<Reply> {
  const port = Number(new URL(process.address).port);
  const isOwed = ends === 'half' || (ends === 'wait' && isEnough !== undefined);
  return new Promise((resolve, reject) => {
    const tcp = connectTcp({ port, host: '127.0.0.1' });
    const socket: Socket = secure ? connectTls({ socket: tcp, rejectUnauthorized: false, ALPNProtocols: ['h2'] }) : tcp;
    const heard: Buffer[] = [];
    let size = 0;
    let own = 0;
    const finish = (closed: boolean) => {
      clearTimeout(quiet);
      clearTimeout(patience);
      socket.destroy();
      tcp.destroy();
      resolve({ bytes: Buffer.concat(heard), closed, port: own });
    };
    const patience = setTimeout(() => {
      reject(
        new Error(
          `${ends === 'half' ? 'no end' : 'no answer'} within ${PATIENCE_MS} ms, but ${Buffer.concat(heard).toString('hex').slice(0, 600)}`,
        ),
      );
      finish(false);
    }, PATIENCE_MS);
    let quiet: NodeJS.Timeout | undefined;
    const waitOn = () => {
      clearTimeout(quiet);
      if (!isOwed) quiet = setTimeout(finish, MOMENT_MS, false);
    };
    socket.on('data', (chunk: Buffer) => {
      heard.push(chunk);
      size += chunk.length;
      if (size > MOST_BYTES || (ends === 'wait' && isEnough?.(Buffer.concat(heard)))) finish(false);
      else waitOn();
    });
    for (const one of [tcp, socket]) one.on('error', () => undefined);
    socket.on('close', () => finish(true));
    tcp.once('connect', () => {
      own = tcp.localPort ?? 0;
    });
    socket.once(secure ? 'secureConnect' : 'connect', async () => {
      for (const chunk of chunks) {
        if (socket.writable) socket.write(chunk);
        await new Promise(setImmediate);
      }
      if (ends === 'half') socket.end();
      if (ends === 'reset') tcp.resetAndDestroy();
      else waitOn();
    });
  });
}
