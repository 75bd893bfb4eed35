import { once } from 'node:events';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { Code } from '@connectrpc/connect';
import { describe, expect, it } from 'vitest';
import { startServer } from '../server/start-server.ts';

// Goal: clients of gRPC and gRPC-Web learn from the status of their own protocol why nobody could serve a request: they leave a
// body in JSON unread, and guess from the status of HTTP.
// Method: requests of every such kind, over both versions of HTTP; the header of the answer, in which the status has to be.

const GET_SESSION = '/agentbus.v1.SessionService/GetSession';
const REFLECTION = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';

const UNSERVED = [
  {
    what: 'a call that there is not',
    path: '/agentbus.v1.SessionService/Nonsense',
    says: 'there is nothing at this path',
  },
  { what: 'a wrong method', method: 'PUT', says: 'takes the method POST' },
  { what: 'a codec of nobody', codec: '+xml', says: 'takes application/json, application/proto' },
];

describe.each(['application/grpc', 'application/grpc-web', 'application/grpc-web-text'])('in %s', (protocol) => {
  it.each(UNSERVED)(
    '$what is answered in the header',
    async ({ path = GET_SESSION, method = 'POST', codec = '', says }) => {
      const { url } = await startServer();
      const type = protocol + codec;
      const header = await overHttp2(url, { ':path': path, ':method': method, 'content-type': type });
      expect(header).toMatchObject({ ':status': 200, 'content-type': type, 'grpc-status': String(Code.Unimplemented) });
      expect(decodeURIComponent(String(header['grpc-message']))).toContain(says);
      expect(detailsOf(String(header['grpc-status-details-bin']))).toContain('NOT_IMPLEMENTED');
    },
  );
});

it('a bidirectional stream of gRPC-Web over HTTP/1.1 is answered in the header, and its connection closed', async () => {
  const { url } = await startServer();
  const headers = { 'content-type': 'application/grpc-web+proto' };
  const { status, headers: header } = await fetch(url + REFLECTION, { method: 'POST', headers, body: '' });
  expect([status, header.get('grpc-status'), header.get('connection')]).toEqual([
    200,
    String(Code.Unimplemented),
    'close',
  ]);
  expect(detailsOf(header.get('grpc-status-details-bin') ?? '')).toContain('NOT_IMPLEMENTED');
});

it('a content type that only begins like one of gRPC is none', async () => {
  const { url } = await startServer();
  const headers = { 'content-type': 'application/grpcfoo' };
  const response = await fetch(url + GET_SESSION, { method: 'POST', headers, body: '' });
  expect([response.status, response.headers.get('grpc-status')]).toEqual([415, null]);
});

/** The header of the answer, if that is all there is to it. */
async function overHttp2(url: string, headers: Record<string, string>): Promise<IncomingHttpHeaders> {
  const session = connect(url);
  const call = session.request(headers);
  call.end();
  let body = 0;
  call.on('data', (chunk: Buffer) => {
    body += chunk.length;
  });
  const [[header]] = await Promise.all([once(call, 'response'), once(call, 'close')]);
  session.destroy();
  expect(body).toBe(0);
  return header as IncomingHttpHeaders;
}

function detailsOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('latin1');
}
