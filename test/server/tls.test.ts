import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createClient } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport, createGrpcWebTransport } from '@connectrpc/connect-node';
import { describe, expect, it } from 'vitest';
import { SessionService } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { KEY, startServer } from './start-server.ts';
import { testCertificate } from './test-certificate.ts';

// Goal: with a certificate the same port speaks the same protocols, and nothing in the clear.
// Method: a certificate made for the test, and clients that trust it alone.

const tls = testCertificate();
const nodeOptions = { ca: tls.ca };

describe('a port with a certificate', () => {
  it.each([
    ['Connect on HTTP/1.1', (baseUrl: string) => createConnectTransport({ baseUrl, httpVersion: '1.1', nodeOptions })],
    ['gRPC', (baseUrl: string) => createGrpcTransport({ baseUrl, nodeOptions })],
    ['gRPC-Web', (baseUrl: string) => createGrpcWebTransport({ baseUrl, httpVersion: '1.1', nodeOptions })],
  ])('speaks %s', async (_, transport) => {
    const { url } = await startServer({ tls });
    const client = createClient(SessionService, transport(url));
    const { session } = await client.getSession({ sessionId: 's-1' }, { headers: { 'x-agent-api-key': KEY } });
    expect(session?.sessionId).toBe('s-1');
  });

  it('says nothing in the clear', async () => {
    const { port } = await startServer({ tls });
    const socket = connect({ port, host: '127.0.0.1' });
    let heard = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      heard = Buffer.concat([heard, chunk]);
    });
    socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n');
    await once(socket, 'close');
    // A TLS alert record at most.
    expect(heard.length === 0 || heard[0] === 0x15).toBe(true);
  });

  it('is not held up by a client that does not trust the certificate', async () => {
    // The times are long enough that a port which waits for them fails the test.
    const patient = { sniffTimeoutMs: 3_600_000, goodbyeMs: 3_600_000 };
    const { port, server } = await startServer({ tls, limits: patient });
    const socket = connectTls({ port, host: '127.0.0.1' });
    socket.on('error', (refusal) => expect(refusal.message).toContain('certificate'));
    await new Promise((resolve) => socket.once('close', resolve));
    await server.drain('tests');
  });

  it('cuts a client that does not finish the handshake', async () => {
    const { port } = await startServer({ tls, limits: { sniffTimeoutMs: 100 } });
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => undefined);
    await once(socket, 'close');
  });
});
