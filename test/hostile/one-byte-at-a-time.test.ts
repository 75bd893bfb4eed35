import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { grpcMessage } from './rig/grpc-call.ts';
import { FRAME, frame } from './rig/http2-frames.ts';
import { callHeaders, connectRawHttp2, openCall } from './rig/raw-http2.ts';
import { startTarget, type Target } from './rig/target.ts';
import { until } from './rig/until.ts';

// Goal: what comes in single bytes costs what it costs in one piece, and those that never end it hold a bounded number of connections.
// Method: raw sockets that send single bytes; that each kind is ended in time, with shorter bounds, is in test/server/one-port.test.ts
// and test/rpc/bodies.

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

test('a gRPC message in fifty thousand frames of one byte', async () => {
  await target.withstands({
    name: 'a message in frames of one byte',
    // The window of the stream, nine bytes of head for each byte in it; and what was put together of it.
    boundMiB: 10 + 1,
    async run() {
      const connection = await connectRawHttp2(target.port);
      const path = '/agentbus.v1.MessageService/SendMessage';
      await connection.write(openCall(1, callHeaders({ path, apiKey: target.bus.apiKey })));
      // Nothing but zeros is no message, which is said when all of it is there.
      const bytes = [...grpcMessage(Buffer.alloc(50_000))].map((byte) =>
        frame({ type: FRAME.data, stream: 1, payload: Buffer.of(byte) }),
      );
      // Ten in a packet, so that the bus has many pieces and the test does not take all day.
      for (let at = 0; at < bytes.length; at += 10) await connection.write(...bytes.slice(at, at + 10));
      await connection.write(frame({ type: FRAME.data, flags: 1, stream: 1 }));
      await until('it is answered', () => connection.received.some(({ type }) => type === FRAME.headers));
      connection.destroy();
    },
  });
});

test('a thousand connections that never end their headers, their body, or a frame', async () => {
  const each = 250;
  await target.withstands({
    name: `${4 * each} connections that drip`,
    // Some 100 KiB around a connection.
    boundMiB: (4 * each * 100) / 1024,
    async run() {
      const key = target.bus.apiKey;
      const beginnings = [
        'GET / HTTP/1.1\r\nhost: a\r\nx-dripping: ',
        `POST /messages/send HTTP/1.1\r\nhost: a\r\nx-agent-api-key: ${key}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{`,
        'PRI * HTT',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0\0\0',
      ];
      const sockets = await Promise.all(beginnings.flatMap((text) => Array.from({ length: each }, () => drip(text))));
      // One more byte from each, now and then, for as long as the well-behaved need for their work.
      for (let round = 0; round < 5; round++) for (const socket of sockets) socket.write('a');
      for (const socket of sockets) socket.destroy();
    },
  });
});

async function drip(text: string): Promise<Socket> {
  const socket = connect({ port: target.port, host: '127.0.0.1' });
  // Being cut by a reset is one of the ways to be cut.
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  for (const byte of Buffer.from(text, 'latin1')) socket.write(Buffer.of(byte));
  expect(socket.destroyed).toBe(false);
  return socket;
}
