import { once } from 'node:events';
import { type ClientHttp2Session, connect } from 'node:http2';
import { createConnection, type Socket } from 'node:net';
import { createRawStream, type FrameInit, type RawStream } from './raw-stream.ts';

/**
 * A client of generated messages and bare HTTP/2: one connection, whose every way to end is at hand. It
 * has no heartbeats, no patience and no second try; what it does not do, the bus has to notice.
 */
export interface RawPeer {
  readonly session: ClientHttp2Session;
  readonly socket: Socket;
  /** Opens a stream on the connection. It has said nothing yet. */
  open(): RawStream;
  /** FIN, as the end of a process does. */
  leave(): void;
  /** RST, as a process that is killed with unread data does. */
  break(): void;
}

export interface RawPeerOptions {
  readonly address: string;
  readonly apiKey: string;
  /** Flow control window of each stream, in bytes. HTTP/2's own default is 65,535. */
  readonly windowBytes?: number;
}

const PATH = '/agentbus.v1.AgentService/AgentStream';

/** Connects. Rejects if nobody listens there; a connection that breaks later is seen by its streams. */
export async function connectRawPeer({ address, apiKey, windowBytes }: RawPeerOptions): Promise<RawPeer> {
  const { hostname, port } = new URL(address);
  const socket = createConnection({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  return speakOn(socket, { address, apiKey, ...(windowBytes !== undefined && { windowBytes }) });
}

function speakOn(socket: Socket, { address, apiKey, windowBytes }: RawPeerOptions): RawPeer {
  const settings = windowBytes === undefined ? {} : { initialWindowSize: windowBytes };
  const session = connect(address, { createConnection: () => socket, settings });
  // Its streams tell of it.
  session.on('error', () => undefined);
  socket.on('error', () => undefined);
  return {
    session,
    socket,
    open: () =>
      createRawStream(
        session.request(
          {
            ':method': 'POST',
            ':path': PATH,
            'content-type': 'application/grpc+proto',
            te: 'trailers',
            'x-agent-api-key': apiKey,
          },
          { endStream: false },
        ),
      ),
    leave: () => void socket.destroy(),
    break: () => void socket.resetAndDestroy(),
  };
}

/** The first frame of an agent that may hold as much as it likes for an hour: only what the test does ends a lease. */
export function hello(agentId: string, more: Partial<HelloFields> = {}): FrameInit {
  const value = {
    agent: { agentId },
    instanceId: 'i-1',
    maxInFlight: 100,
    confirmSettlements: true,
    lease: { seconds: 3_600n },
    ...more,
  };
  return { case: 'hello', value };
}

type HelloFields = Exclude<Extract<FrameInit, { case: 'hello' }>['value'], { $typeName: string }>;
