import type { ClientHttp2Session, SecureClientSessionOptions } from 'node:http2';
import type { Transport } from '@connectrpc/connect';
import { createGrpcTransport, type GrpcTransportOptions, Http2SessionManager } from '@connectrpc/connect-node';
import { type Bearer, createBearer } from './bearer.ts';
import { CLIENT_LIMITS } from './client-limits.ts';
import { AgentbusError } from './errors.ts';

/** Where the bus is and who calls. */
export interface NodeChannelOptions extends Bearer {
  /** Such as `http://127.0.0.1:8080`; `https:` for TLS. */
  readonly address: string;
  /** TLS options, such as `ca`, for an `https:` address. */
  readonly tls?: SecureClientSessionOptions;
}

/** One HTTP/2 connection to the bus, opened when it is needed. */
export interface NodeChannel {
  /** gRPC over the connection. */
  readonly transport: Transport;
  /** Drops the connection with all calls on it; the next call opens another. */
  reset(): void;
}

/** Makes a channel. Connects with the first call. Throws INVALID_ARGUMENT if the address is none. */
export function createNodeChannel({ address, tls, ...bearer }: NodeChannelOptions): NodeChannel {
  if (!isAddress(address)) {
    const message = `the address of the bus has to be such as http://127.0.0.1:8080, not ${JSON.stringify(address)}`;
    throw new AgentbusError({ code: 'INVALID_ARGUMENT', message });
  }
  const manager = new Http2SessionManager(
    address,
    // Pings find a connection that died without a word; only with calls open, so that an idle client lets go.
    { pingIntervalMs: 20_000, pingTimeoutMs: 5_000, idleConnectionTimeoutMs: 5 * 60_000 },
    tls,
  );
  const transport = createGrpcTransport({
    baseUrl: address,
    sessionManager: withPatience(manager),
    interceptors: [createBearer(bearer)],
    // Agents exchange small messages, for which compression costs more than it saves.
    acceptCompression: [],
    readMaxBytes: CLIENT_LIMITS.maxResponseBytes,
    writeMaxBytes: CLIENT_LIMITS.maxResponseBytes,
  });
  return { transport, reset: () => manager.abort() };
}

function isAddress(address: string): boolean {
  return URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol);
}

type SessionManager = NonNullable<GrpcTransportOptions['sessionManager']>;

/**
 * The manager listens to a connection only until it drops it. One that breaks and is dropped in the same moment says why a
 * little later, which would end the process if nobody listened.
 */
function withPatience(manager: Http2SessionManager): SessionManager {
  const heard = new WeakSet<ClientHttp2Session>();
  return {
    authority: manager.authority,
    async request(...call) {
      const stream = await manager.request(...call);
      const session = stream.session as ClientHttp2Session | undefined;
      if (session !== undefined && !heard.has(session)) {
        heard.add(session);
        // The calls on the connection have failed with the same error, and tell it to whom it concerns.
        session.on('error', () => {});
      }
      return stream;
    },
    notifyResponseByteRead: (stream) => manager.notifyResponseByteRead(stream),
  };
}
