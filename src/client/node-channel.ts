import type { SecureClientSessionOptions } from 'node:http2';
import type { Transport } from '@connectrpc/connect';
import { createGrpcTransport, Http2SessionManager } from '@connectrpc/connect-node';
import { type Bearer, createBearer } from './bearer.ts';
import { CLIENT_LIMITS } from './client-limits.ts';

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

/** Makes a channel. Connects with the first call. */
export function createNodeChannel({ address, tls, ...bearer }: NodeChannelOptions): NodeChannel {
  const manager = new Http2SessionManager(
    address,
    // Pings find a connection that died without a word; only with calls open, so that an idle client lets go.
    { pingIntervalMs: 20_000, pingTimeoutMs: 5_000, idleConnectionTimeoutMs: 5 * 60_000 },
    tls,
  );
  const transport = createGrpcTransport({
    baseUrl: address,
    sessionManager: manager,
    interceptors: [createBearer(bearer)],
    // Agents exchange small messages, for which compression costs more than it saves.
    acceptCompression: [],
    readMaxBytes: CLIENT_LIMITS.maxResponseBytes,
    writeMaxBytes: CLIENT_LIMITS.maxResponseBytes,
  });
  return { transport, reset: () => manager.abort() };
}
