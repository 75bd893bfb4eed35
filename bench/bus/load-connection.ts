import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from 'node:http2';

/** Where the bus is and what a call needs to be let in. */
export interface BusAddress {
  readonly address: string;
  readonly apiKey: string;
}

/** Room for what the bus may say before it is read: a load must never be what makes it wait. */
const STREAM_WINDOW = 4 * 1024 * 1024;
const CONNECTION_WINDOW = 16 * 1024 * 1024;

/** Opens an HTTP/2 connection. What breaks it ends the process: a load that lost its connection measured nothing. */
export function connectLoad({ address }: Pick<BusAddress, 'address'>): ClientHttp2Session {
  const session = connect(address, { settings: { initialWindowSize: STREAM_WINDOW, enablePush: false } });
  session.once('connect', () => session.setLocalWindowSize(CONNECTION_WINDOW));
  session.on('goaway', (code) => {
    throw new Error(`the server ends the connection (${code})`);
  });
  return session;
}

/** Begins a gRPC call. */
export function openCall(session: ClientHttp2Session, { apiKey }: BusAddress, path: string): ClientHttp2Stream {
  return session.request(
    {
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc+proto',
      te: 'trailers',
      'x-agent-api-key': apiKey,
    },
    { endStream: false },
  );
}

/** Throws unless the status is OK. */
export function expectOk(trailers: IncomingHttpHeaders): void {
  if (trailers['grpc-status'] === '0') return;
  throw new Error(`gRPC status ${trailers['grpc-status']}: ${decodeURIComponent(String(trailers['grpc-message']))}`);
}
