import { createServer as createHttp1Server, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createHttp2Server,
  type Http2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket } from 'node:tls';
import type { Clock } from '../lib/clock.ts';
import type { SERVER_LIMITS } from '../limits.ts';
import { pingSession } from './session-ping.ts';
import { sniff } from './sniff.ts';

/** Bounds of a port; tests hand in shorter ones. */
export type PortLimits = { readonly [Name in keyof typeof SERVER_LIMITS]: number };

export interface PortOptions {
  readonly limits: PortLimits;
  readonly maxConnections: number;
  readonly clock: Clock;
  /** PEM. With it, the port speaks TLS only. */
  readonly tls?: { readonly cert: string | Buffer; readonly key: string | Buffer };
  onRequest(request: IncomingMessage | Http2ServerRequest, response: ServerResponse | Http2ServerResponse): void;
  /** May take a stream of HTTP/2 before it becomes a request. False, having done nothing, if it does not. */
  onStream?(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): boolean;
  /** A connection was refused because there are too many. */
  onRefused(): void;
  /** A connection could not be accepted, for want of file handles for example; the port goes on. */
  onAcceptError(error: Error): void;
}

/** One listening port for HTTP/1.1 and HTTP/2, cleartext or TLS. */
export interface OnePort {
  /** Rejects if the address cannot be had. Port 0 means any. */
  listen(address: { host: string; port: number }): Promise<AddressInfo>;
  /**
   * Takes no new connections and no new HTTP/2 streams; what is open goes on. Resolves when every connection
   * has closed. May be called again, to close those of HTTP/1.1 that became idle meanwhile.
   */
  refuse(): Promise<void>;
  /** Cuts every connection. Resolves when all are closed. */
  destroy(): Promise<void>;
}

/** Makes the port; it listens when told to. */
export function createOnePort(options: PortOptions): OnePort {
  const { limits, tls } = options;
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  const http1 = createHttp1(options);
  const http2 = createHttp2(options, sessions);
  const hand = (socket: Socket, protocol: 'http1' | 'http2') => {
    // HTTP/2 has no use for half of a connection: its session would stay after the client has gone.
    if (protocol === 'http2') socket.allowHalfOpen = false;
    (protocol === 'http2' ? http2 : http1).emit('connection', socket);
  };
  const accept = (socket: Socket) => {
    track(sockets, socket);
    sniff(socket, { clock: options.clock, timeoutMs: limits.sniffTimeoutMs, decided: hand });
  };
  const server = tls === undefined ? createTcpServer(TCP_OPTIONS, accept) : createTls(tls, limits, accept);
  server.maxConnections = options.maxConnections;
  server.on('drop', () => options.onRefused());
  return {
    async listen(address) {
      const bound = await listen(server, address);
      server.on('error', (error) => options.onAcceptError(error));
      return bound;
    },
    refuse() {
      const closed = closing(server);
      http1.closeIdleConnections();
      for (const session of sessions) session.close();
      return closed;
    },
    async destroy() {
      const closed = closing(server);
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
      // Stops the timer that checks for slow requests.
      http1.close();
      await closed;
    },
  };
}

/**
 * Like the sockets of Node's own server of HTTP/1.1: a client may close its half after the request. Not over TLS, as Node does
 * it too: a client that refuses the certificate and leaves would hold its connection until the handshake times out.
 */
const TCP_OPTIONS = { allowHalfOpen: true, noDelay: true, keepAlive: true };

function createTls(
  tls: NonNullable<PortOptions['tls']>,
  limits: PortLimits,
  accept: (socket: TLSSocket) => void,
): Server {
  const handshakeTimeout = limits.sniffTimeoutMs;
  const server = createTlsServer(
    { ...TCP_OPTIONS, ...tls, allowHalfOpen: false, handshakeTimeout, ALPNProtocols: ['h2', 'http/1.1'] },
    accept,
  );
  // A failed handshake is the client's business; the socket is closed already.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server;
}

function createHttp1({ limits, onRequest }: PortOptions) {
  const server = createHttp1Server(
    {
      maxHeaderSize: limits.maxHeaderBytes,
      headersTimeout: limits.headersTimeoutMs,
      requestTimeout: limits.requestTimeoutMs,
      keepAliveTimeout: limits.keepAliveTimeoutMs,
      connectionsCheckingInterval: Math.min(1_000, limits.headersTimeoutMs),
    },
    onRequest,
  );
  // This server never listens itself, and Node starts to enforce the two timeouts when it does.
  server.emit('listening');
  return server;
}

function createHttp2(options: PortOptions, sessions: Set<ServerHttp2Session>) {
  const { limits, clock, onRequest } = options;
  const server = createHttp2Server(
    {
      maxSessionMemory: limits.maxConnectionMemoryMiB,
      streamResetBurst: limits.streamResetBurst,
      streamResetRate: limits.streamResetRate,
      settings: {
        maxConcurrentStreams: limits.maxStreamsPerConnection,
        maxHeaderListSize: limits.maxHeaderBytes,
        initialWindowSize: limits.streamWindowBytes,
      },
    },
    onRequest,
  );
  if (options.onStream !== undefined) offerStreams(server, options.onStream);
  server.on('session', (session) => {
    track(sessions, session);
    session.setLocalWindowSize(limits.connectionWindowBytes);
    const { pingAfterMs: afterMs, pingTimeoutMs: timeoutMs, oneWayTimeoutMs: oneWayMs, slowestBytesPerSecond } = limits;
    pingSession(session, { clock, afterMs, timeoutMs, oneWayMs, slowestBytesPerSecond });
    // Broken frames end the session by themselves; the streams on it learn of it by their own close.
    session.on('error', () => session.destroy());
  });
  return server;
}

/**
 * Offers each stream before it becomes a request. Node makes requests of streams by a listener of its own, from the moment that
 * somebody listens to requests; it is asked for what was not taken, so that this is exactly what it was.
 */
function offerStreams(server: Http2Server, offer: NonNullable<PortOptions['onStream']>): void {
  type Arguments = [stream: ServerHttp2Stream, headers: IncomingHttpHeaders, ...more: unknown[]];
  const [makeRequest, ...others] = server.listeners('stream') as ((...all: Arguments) => void)[];
  if (makeRequest === undefined || others.length > 0) throw new Error('Node makes requests of streams in another way');
  server.removeAllListeners('stream');
  server.on('stream', (...all: Arguments) => {
    const [stream, headers] = all;
    if (!offer(stream, headers)) makeRequest.apply(server, all);
  });
}

function listen(server: Server, { host, port }: { host: string; port: number }): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve(server.address() as AddressInfo);
    });
  });
}

/** Resolves when the server listens no more and its last connection is closed. */
function closing(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

function track<T extends { once(event: 'close', listener: () => void): unknown }>(all: Set<T>, one: T): void {
  all.add(one);
  one.once('close', () => all.delete(one));
}
