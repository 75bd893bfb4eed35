import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { SERVER_LIMITS } from '../../src/limits.ts';
import { call, messageTo } from './rig/bus-calls.ts';
import { FLAG, FRAME, frame, keptField, NEWEST_FIELD } from './rig/http2-frames.ts';
import { callHeaders, connectRawHttp2 } from './rig/raw-http2.ts';
import { startTarget, type Target } from './rig/target.ts';
import { until } from './rig/until.ts';

// Goal: small things that unfold into large ones - headers, JSON - are refused by what they would become.
// Method: header blocks that repeat one field of the table, header lists and JSON beyond every bound, against a real bus.

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

test('one field of 4 KB said four thousand times in one byte each (an HPACK bomb)', async () => {
  await target.withstands({
    name: 'HPACK bombs on 10 connections',
    // What the bus takes of a header list, and not the 16 MiB that it says.
    boundMiB: (10 * SERVER_LIMITS.maxHeaderBytes * 4) / 1024 ** 2 + 1,
    async run() {
      const connections = await Promise.all(Array.from({ length: 10 }, () => connectRawHttp2(target.port)));
      const bomb = Buffer.concat([
        callHeaders({ path: '/healthz', apiKey: target.bus.apiKey }),
        keptField('x-bomb', 'x'.repeat(3_900)),
        ...Array.from({ length: 4_000 }, () => NEWEST_FIELD),
      ]);
      const flags = FLAG.endHeaders | FLAG.endStream;
      for (const connection of connections)
        await connection.write(frame({ type: FRAME.headers, flags, stream: 1, payload: bomb }));
      // Each is refused: its stream is reset or answered with 431, or its connection ends.
      const isOver = ({ closed, received }: (typeof connections)[number]) =>
        closed || received.some(({ type, stream }) => stream === 1 || type === FRAME.goaway);
      await until('each is refused', () => connections.every(isOver));
      for (const connection of connections) connection.destroy();
    },
  });
});

test('a header list of a megabyte over HTTP/1.1 is answered with 431', async () => {
  const socket = connect({ port: target.port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.write(`GET /healthz HTTP/1.1\r\nhost: a\r\n${`x-many: ${'x'.repeat(90)}\r\n`.repeat(10_000)}\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 431/);
  socket.destroy();
});

test.each([
  ['100,000 objects in each other', `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ['100,000 lists in each other', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
])('JSON of %s is refused', async (name, payload) => {
  await target.withstands({
    name,
    boundMiB: 16,
    async run() {
      const { message_id, ...rest } = messageTo('test://anybody', 'deep');
      const text = JSON.stringify({ message: { message_id, ...rest, payload: 0 } }).replace(
        '"payload":0',
        `"payload":${payload}`,
      );
      const { status, reason } = await call(target, 'MessageService/SendMessage', text);
      expect(status).toBe(400);
      expect(['FIELD_INVALID', 'MALFORMED_REQUEST']).toContain(reason);
    },
  });
});
