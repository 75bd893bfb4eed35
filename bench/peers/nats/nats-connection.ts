import { openSocket } from '../load/open-socket.ts';
import { createOutbox, type Outbox } from '../load/outbox.ts';
import { createNatsReader, type NatsMessage } from './nats-reader.ts';

/** A connection to a NATS server without a client: messages as they come, and an outbox to write into. */
export interface NatsConnection {
  readonly outbox: Outbox;
  /** Subscribes; all subscriptions share the listener. */
  subscribe(subject: string): void;
  /** Resolves when the server has seen everything that was written before. */
  flush(): Promise<void>;
  close(): void;
}

const OPTIONS = JSON.stringify({
  verbose: false,
  pedantic: false,
  headers: true,
  no_responders: true,
  lang: 'bench',
  version: '1',
});

/** Connects. Whatever the server refuses ends the process. */
export async function connectNats(port: number, onMessage: (message: NatsMessage) => void): Promise<NatsConnection> {
  const socket = await openSocket(port);
  const outbox = createOutbox(socket);
  let waiting: PromiseWithResolvers<void>[] = [];
  let subscriptions = 0;
  const read = createNatsReader({
    message: onMessage,
    info: () => undefined,
    ping: () => outbox.text('PONG\r\n'),
    pong() {
      waiting.shift()?.resolve();
    },
    error(text) {
      throw new Error(`NATS: ${text}`);
    },
  });
  socket.on('data', read);
  outbox.text(`CONNECT ${OPTIONS}\r\n`);
  const connection: NatsConnection = {
    outbox,
    subscribe: (subject) => outbox.text(`SUB ${subject} ${++subscriptions}\r\n`),
    flush() {
      const answer = Promise.withResolvers<void>();
      waiting = [...waiting, answer];
      outbox.text('PING\r\n');
      return answer.promise;
    },
    close: () => void socket.destroy(),
  };
  await connection.flush();
  return connection;
}
