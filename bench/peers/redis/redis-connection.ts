import { openSocket } from '../load/open-socket.ts';
import { createOutbox, type Outbox } from '../load/outbox.ts';
import { createRespReader, type RespListener } from './resp-reader.ts';

/** A connection to a Redis server without a client. Replies come in the order of the commands. */
export interface RedisConnection {
  readonly outbox: Outbox;
  close(): void;
}

/** Connects. Whatever the server refuses ends the process. */
export async function connectRedis(port: number, listener: Omit<RespListener, 'error'>): Promise<RedisConnection> {
  const socket = await openSocket(port);
  socket.on(
    'data',
    createRespReader({
      ...listener,
      error(text) {
        throw new Error(`Redis: ${text}`);
      },
    }),
  );
  return { outbox: createOutbox(socket), close: () => void socket.destroy() };
}

/** A command as RESP has it. */
export function commandOf(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map(bulk).join('')}`;
}

/** An ASCII string as RESP has it. */
export function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}
