import { deflateSync, gzipSync } from 'node:zlib';
import { Code } from '@connectrpc/connect';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RPC_LIMITS } from '../../src/limits.ts';
import { connectHttp2, grpcEnd, grpcMessage, openGrpcCall } from './rig/grpc-call.ts';
import { startTarget, type Target } from './rig/target.ts';

// Goal: a small body that inflates a thousand times costs the bus what the largest request may have, and not what it inflates to.
// Method: gzip and deflate of zeros, 1 MiB that would be 1 GiB, to calls and streams of a real bus whose memory is watched.

const GiB = 1024 ** 3;
const MiB = 1024 ** 2;
const bomb = gzipSync(Buffer.alloc(GiB - 1), { level: 9 });

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

/** Each inflates at most to the largest request, which zlib collects in blocks and joins. */
const AT_ONCE = 8;
const boundMiB = (AT_ONCE * (2 * RPC_LIMITS.maxRequestBytes + bomb.length)) / MiB;

describe('a gibibyte in a mebibyte', () => {
  test.each(['MessageService/SendMessage', 'AgentService/AgentStream', 'SessionService/WatchSession'])(
    '%s',
    async (method) => {
      await target.withstands({
        name: `${AT_ONCE} bombs in ${method}`,
        boundMiB,
        async run() {
          const session = connectHttp2(target.bus.address);
          const headers = { 'grpc-encoding': 'gzip' };
          const calls = Array.from({ length: AT_ONCE }, () => {
            const stream = openGrpcCall(session, { apiKey: target.bus.apiKey, method, headers });
            stream.end(grpcMessage(bomb, { compressed: true }));
            return grpcEnd(stream);
          });
          for (const { status, details } of await Promise.all(calls)) {
            expect(status).toBe(8);
            expect(details).toContain('MESSAGE_TOO_LARGE');
          }
          session.destroy();
        },
      });
    },
  );

  test('JSON', async () => {
    await target.withstands({
      name: `${AT_ONCE} bombs in JSON`,
      boundMiB,
      async run() {
        const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => post(bomb, 'gzip')));
        for (const { status, text } of answers) {
          expect(status).toBe(429);
          expect(text).toContain('MESSAGE_TOO_LARGE');
        }
      },
    });
  });
});

test.each(['deflate', 'br', 'gzip, gzip', 'x'])(
  'a body in %s, which the bus does not speak, is refused unread',
  async (encoding) => {
    const { status, text } = await post(deflateSync(Buffer.alloc(MiB)), encoding);
    expect(status).toBe(501);
    expect(text).toContain('NOT_IMPLEMENTED');
  },
);

test.each([
  ['says gzip and is none', 'gzip', Code.InvalidArgument],
  // The code that gRPC wants for it (compression.md).
  ['is compressed and names no way', undefined, Code.Internal],
])('a message that %s is MALFORMED_REQUEST', async (_, encoding, code) => {
  const session = connectHttp2(target.bus.address);
  const headers = encoding === undefined ? {} : { 'grpc-encoding': encoding };
  const stream = openGrpcCall(session, { apiKey: target.bus.apiKey, method: 'MessageService/SendMessage', headers });
  stream.end(grpcMessage(Buffer.from('this is not gzip'), { compressed: true }));
  const { status, details } = await grpcEnd(stream);
  expect(status).toBe(code);
  expect(details).toContain('MALFORMED_REQUEST');
  session.destroy();
});

async function post(body: Buffer, encoding: string): Promise<{ status: number; text: string }> {
  const response = await fetch(`${target.bus.address}/agentbus.v1.SessionService/GetSession`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'content-encoding': encoding,
      'x-agent-api-key': target.bus.apiKey,
    },
    body: new Uint8Array(body),
  });
  return { status: response.status, text: await response.text() };
}
