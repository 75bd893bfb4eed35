import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createConnection, createServer, type Server, type Socket } from 'node:net';

/** A network between a client and a bus that a test can spoil. */
export interface FaultyNetwork {
  /** Where the client finds the bus. */
  readonly address: string;
  /** From now on nothing of what the bus says arrives; what the client says still does. */
  loseAnswers(): void;
  /** From now on nothing arrives, either way, on the connections that there are, which stay open; new ones work. */
  lose(): void;
  /** Breaks every connection; new ones work again. */
  cut(): void;
  /** Connections so far. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Puts a network in front of the bus at `target`. */
export async function createFaultyNetwork(target: string): Promise<FaultyNetwork> {
  const { hostname, port } = new URL(target);
  const sockets = new Set<Socket>();
  const lost = new WeakSet<Socket>();
  let answersAreLost = false;
  let connections = 0;
  const server: Server = createServer((client) => {
    connections++;
    const bus = createConnection(Number(port), hostname);
    for (const [from, to] of [
      [client, bus],
      [bus, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (bytes) => {
        if ((from === client || !answersAreLost) && !lost.has(from)) to.write(bytes);
      });
      // An end of one side is an end of both, as far as these tests go.
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const cut = (): void => {
    answersAreLost = false;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  };
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    loseAnswers: () => {
      answersAreLost = true;
    },
    lose() {
      for (const socket of sockets) lost.add(socket);
    },
    cut,
    get connections() {
      return connections;
    },
    async close() {
      cut();
      server.close();
      await once(server, 'close');
    },
  };
}
