import { once } from 'node:events';
import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

export type Direction = 'toBus' | 'toClient';

/** Where a connection breaks: behind so many bytes of one direction, which still arrive. */
export interface Cut {
  readonly direction: Direction;
  readonly afterBytes: number;
  /** FIN or RST, to both sides. */
  readonly how: 'end' | 'reset';
}

/**
 * A network that fails by the byte. Beside {@link createFaultyNetwork}, which breaks whole connections, it cuts
 * in the middle of a frame, loses one direction and not the other, and tells nobody of what it lost: no FIN, no RST.
 */
export interface CuttingNetwork {
  /** Where the client finds the bus. */
  readonly address: string;
  /** Connections so far. */
  readonly connections: number;
  /** Connections that the bus has not ended, and those that clients have not, whether or not the other side was told. */
  readonly open: { readonly bus: number; readonly clients: number };
  /** Connections that a cut has ended so far. */
  readonly cuts: number;
  /** Loses these directions of the connections that there are; new ones work. */
  swallow(...directions: Direction[]): void;
  /** Keeps back what clients say on the connections that there are, until `release`. */
  hold(): void;
  release(): void;
  /** Ends every connection that there is. */
  cut(how: Cut['how']): void;
  /** From now on connections lead to this bus. */
  lead(target: string): void;
  close(): Promise<void>;
}

export interface CuttingNetworkOptions {
  readonly target: string;
  /** Where the connection with this number, counted from 0, breaks; undefined: nowhere. */
  cutOf?(connection: number): Cut | undefined;
  /** Shown what reaches the other side. */
  passed?(connection: number, direction: Direction, bytes: Uint8Array): void;
}

interface Link {
  readonly client: Socket;
  readonly bus: Socket;
  readonly swallowed: Set<Direction>;
  held: Buffer[] | undefined;
}

export async function createCuttingNetwork(options: CuttingNetworkOptions): Promise<CuttingNetwork> {
  const links = new Set<Link>();
  const open = { bus: 0, clients: 0 };
  let { target } = options;
  let connections = 0;
  let cuts = 0;
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const number = connections++;
    const { hostname, port } = new URL(target);
    const bus = createConnection({ port: Number(port), host: hostname, noDelay: true, allowHalfOpen: true });
    const link: Link = { client, bus, swallowed: new Set(), held: undefined };
    links.add(link);
    open.bus++;
    open.clients++;
    onEnd(bus, () => open.bus--);
    onEnd(client, () => open.clients--);
    const cut = options.cutOf?.(number);
    const shown = (direction: Direction) => (bytes: Uint8Array) => options.passed?.(number, direction, bytes);
    const broken = (): void => void cuts++;
    carry(link, { direction: 'toBus', from: client, to: bus, cut, broken, shown: shown('toBus') });
    carry(link, { direction: 'toClient', from: bus, to: client, cut, broken, shown: shown('toClient') });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    get connections() {
      return connections;
    },
    get cuts() {
      return cuts;
    },
    open,
    swallow(...directions) {
      for (const { swallowed } of links) for (const direction of directions) swallowed.add(direction);
    },
    hold() {
      for (const link of links) link.held ??= [];
    },
    release() {
      for (const link of links) {
        for (const bytes of link.held ?? []) link.bus.write(bytes);
        link.held = undefined;
      }
    },
    cut(how) {
      for (const link of links) breakLink(link, how);
    },
    lead(address) {
      target = address;
    },
    async close() {
      for (const { client, bus } of links) for (const socket of [client, bus]) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

interface Way {
  readonly direction: Direction;
  readonly from: Socket;
  readonly to: Socket;
  readonly cut: Cut | undefined;
  broken(): void;
  shown(bytes: Uint8Array): void;
}

function carry(link: Link, { direction, from, to, cut, broken, shown }: Way): void {
  let left = cut?.direction === direction ? cut.afterBytes : Number.POSITIVE_INFINITY;
  const pass = (bytes: Buffer): void => {
    if (link.swallowed.has(direction) || to.destroyed) return;
    if (direction === 'toBus' && link.held !== undefined) {
      link.held.push(bytes);
      return;
    }
    const part = bytes.subarray(0, left);
    left -= part.length;
    shown(part);
    // Whoever writes faster than the other reads is slowed down, as by a real network.
    if (!to.write(part)) from.pause();
    if (left === 0 && cut !== undefined) {
      left = -1;
      broken();
      breakLink(link, cut.how);
    }
  };
  to.on('drain', () => from.resume());
  from.on('data', (bytes: Buffer) => {
    if (left >= 0) pass(bytes);
  });
  // The end of one side is told to the other, unless it is swallowed like everything else.
  const end = (): void => {
    if (!link.swallowed.has(direction)) to.destroySoon();
  };
  from.on('error', end).on('end', end).on('close', end);
  if (left === 0 && cut !== undefined) {
    left = -1;
    broken();
    breakLink(link, cut.how);
  }
}

/** Calls `ended` once: the far side has sent FIN or RST, or this side is closed. */
function onEnd(socket: Socket, ended: () => void): void {
  let isOver = false;
  const once = (): void => {
    if (!isOver) ended();
    isOver = true;
  };
  socket.once('end', once).once('close', once);
}

/** What was passed on arrives first: an RST at once would overtake it. */
function breakLink({ client, bus }: Link, how: Cut['how']): void {
  for (const socket of [client, bus]) {
    if (socket.destroyed) continue;
    if (how === 'end') socket.destroySoon();
    else socket.write(Buffer.alloc(0), () => socket.resetAndDestroy());
  }
}
