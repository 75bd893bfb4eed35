import { once } from 'node:events';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { describe, expect, it } from 'vitest';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { KEY, startServer } from './start-server.ts';

// Goal: one port speaks every protocol, and nothing that a stranger sends or leaves unsent holds it for long.
// Method: a real server with short bounds, real clients, and raw sockets for what no client would do.

const headers = { 'x-agent-api-key': KEY };

describe('every protocol on one port', () => {
  it.each([
    ['Connect on HTTP/1.1', (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: '1.1' })],
    ['Connect on HTTP/2', (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: '2' })],
    ['gRPC', (baseUrl: string) => createGrpcTransport({ baseUrl })],
    ['gRPC-Web', (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1' })],
  ])('%s', async (_, transport) => {
    const { url } = await startServer();
    const client = createClient(SessionService, transport(url));
    const { session } = await client.getSession({ sessionId: 's-1' }, { headers });
    expect(session?.sessionId).toBe('s-1');
  });

  it('JSON, as curl sends it', async () => {
    const { url } = await startServer();
    const response = await fetch(`${url}/agentbus.v1.SessionService/GetSession`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: '{"session_id": "s-1"}',
    });
    expect(await response.json()).toMatchObject({ session: { session_id: 's-1', labels: {} } });
  });

  it('a request that comes one byte at a time', async () => {
    const { port } = await startServer();
    const socket = await open(port);
    for (const byte of 'GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n') socket.write(byte);
    expect(await everything(socket)).toMatch(/^HTTP\/1\.1 200 OK/);
  });
});

describe('what no client would do', () => {
  it('answers garbage with 400 and closes', async () => {
    const { port } = await startServer();
    const socket = await open(port);
    socket.write('\x16\x03\x01 not http at all\r\n\r\n');
    expect(await everything(socket)).toMatch(/^HTTP\/1\.1 400/);
  });

  it('closes on an HTTP/2 preface with garbage after it', async () => {
    const { port } = await startServer();
    const socket = await open(port);
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\ngarbage garbage garbage');
    await everything(socket);
    expect(socket.destroyed || socket.readableEnded).toBe(true);
  });

  it.each([
    ['nothing at all', ''],
    ['half of the preface', 'PRI * HTT'],
  ])('cuts a client that says %s', async (_, text) => {
    const { port } = await startServer({ limits: { sniffTimeoutMs: 100 } });
    const socket = await open(port);
    socket.write(text);
    expect(await everything(socket)).toBe('');
  });

  it('cuts a client that is slow with its header', async () => {
    const { port } = await startServer({ limits: { headersTimeoutMs: 200 } });
    const socket = await open(port);
    socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n');
    expect(await everything(socket)).toMatch(/^HTTP\/1\.1 408/);
  });

  it('cuts a client that is slow with its body', async () => {
    const { port } = await startServer({ limits: { headersTimeoutMs: 200, requestTimeoutMs: 300 } });
    const socket = await open(port);
    socket.write(
      `POST /messages/send HTTP/1.1\r\nhost: a\r\nx-agent-api-key: ${KEY}\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{`,
    );
    expect(await everything(socket)).toMatch(/^HTTP\/1\.1 408/);
  });

  it('answers a host that is none with 400, and lives on', async () => {
    const { port, url } = await startServer();
    const socket = await open(port);
    socket.write(
      'POST /agentbus.v1.SessionService/GetSession HTTP/1.1\r\nhost: [[[\r\ncontent-length: 0\r\nconnection: close\r\n\r\n',
    );
    expect(await everything(socket)).toMatch(/^HTTP\/1\.1 400.*MALFORMED_REQUEST/s);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  it('refuses connections that are too many, without filling the log', async () => {
    const { port, lines } = await startServer({ maxConnections: 2 });
    await open(port);
    await open(port);
    for (const refused of [await open(port), await open(port)]) expect(await everything(refused)).toBe('');
    expect(lines()).toMatchObject([{ msg: 'connections were refused: there are too many', refused: 1 }]);
  });

  it('destroys an HTTP/2 connection whose machine is gone', async () => {
    const { port } = await startServer({ limits: { pingAfterMs: 50, pingTimeoutMs: 50 } });
    const socket = await open(port);
    // The preface and empty settings, and then never an answer to a ping.
    socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
    await everything(socket);
  });

  it('lets go of an HTTP/2 connection whose client closed its half', async () => {
    const { port } = await startServer();
    const socket = await open(port);
    socket.end('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1');
    await everything(socket);
  });

  it('answers an HTTP/1.1 client that closed its half after the request', async () => {
    const { port } = await startServer();
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.end('GET /healthz HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
    expect(await everything(socket)).toMatch(/^HTTP\/1\.1 200 OK/);
  });

  it('keeps a quiet HTTP/2 connection that answers pings', async () => {
    const { url } = await startServer({ limits: { pingAfterMs: 20, pingTimeoutMs: 1_000 } });
    const session = connectHttp2(url);
    let pings = 0;
    await new Promise<void>((resolve) => session.on('ping', () => ++pings === 3 && resolve()));
    expect(session.destroyed).toBe(false);
    session.destroy();
  });
});

async function open(port: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  // Being cut by a reset is one of the ways to be cut.
  socket.on('error', () => undefined);
  return socket;
}

/** What the server says until it closes. */
async function everything(socket: Socket): Promise<string> {
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  await once(socket, 'close');
  return text;
}
