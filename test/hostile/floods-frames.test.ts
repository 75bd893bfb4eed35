import { afterAll, beforeAll, test } from 'vitest';
import { floodFrames } from './rig/flood.ts';
import { hello } from './rig/grpc-call.ts';
import { FRAME, frame, headerBlock } from './rig/http2-frames.ts';
import { callHeaders, connectRawHttp2, openCall, settingsPayload } from './rig/raw-http2.ts';
import { startTarget, type Target } from './rig/target.ts';
import { until } from './rig/until.ts';

// Goal: frames of HTTP/2 that mean nothing, in any number, cost their sender its connection or nobody anything.
// Method: raw connections to a real bus, on each a hundred thousand of one frame, beside agents that go on.

const TIMES = 100_000;

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

/** What nghttp2 queues for one connection: a thousand answers to PING and SETTINGS, headers of at most 16 KiB; generously. */
const boundMiB = 16;

test.each([
  // More answers than it lets wait end the connection.
  ['PING', frame({ type: FRAME.ping, payload: Buffer.alloc(8) }), 'ended'],
  ['SETTINGS', frame({ type: FRAME.settings, payload: settingsPayload({ 4: 65_535 }) }), 'ended'],
  // Those of an agent's stream; they cost a look at nine bytes and nothing else.
  ['WINDOW_UPDATE', frame({ type: FRAME.windowUpdate, payload: Buffer.from([0, 0, 0, 1]) }), 'left alone'],
  ['empty DATA', frame({ type: FRAME.data, stream: 1 }), 'ended'],
  ['PRIORITY', frame({ type: FRAME.priority, stream: 1, payload: Buffer.from([0, 0, 0, 3, 0]) }), 'ended'],
] as const)('%s frames without end', async (name, bytes, outcome) => {
  await target.withstands({
    name: `${TIMES} frames of ${name}`,
    boundMiB,
    async run() {
      const connection = await connectRawHttp2(target.port);
      const path = '/agentbus.v1.AgentService/AgentStream';
      await connection.write(openCall(1, callHeaders({ path, apiKey: target.bus.apiKey })));
      await connection.write(frame({ type: FRAME.data, stream: 1, payload: hello('test://frames') }));
      await floodFrames(connection, bytes, TIMES);
      if (outcome === 'ended') await until('the connection is ended', () => connection.closed);
      connection.destroy();
    },
  });
});

test('headers that never end, in CONTINUATION after CONTINUATION', async () => {
  await target.withstands({
    name: 'CONTINUATION without end',
    boundMiB,
    async run() {
      const connection = await connectRawHttp2(target.port);
      await connection.write(frame({ type: FRAME.headers, stream: 1, payload: headerBlock({ ':method': 'POST' }) }));
      const more = frame({ type: FRAME.continuation, stream: 1, payload: headerBlock({ 'x-more': 'x'.repeat(100) }) });
      await floodFrames(connection, more, TIMES);
      await until('the connection is ended', () => connection.closed);
    },
  });
});

test('empty messages of gRPC without end', async () => {
  await target.withstands({
    name: 'empty messages of gRPC',
    // What a client may send before it is read, once as bytes and once as 200,000 messages of some 200 bytes each.
    boundMiB: 1 + 40,
    async run() {
      const connection = await connectRawHttp2(target.port);
      const path = '/agentbus.v1.AgentService/AgentStream';
      await connection.write(openCall(1, callHeaders({ path, apiKey: target.bus.apiKey })));
      const empty = frame({ type: FRAME.data, stream: 1, payload: Buffer.alloc(5_000) });
      // The first message is no hello: the stream ends, and what comes after it is for no stream, or beyond its window.
      await floodFrames(connection, empty, 5_000);
      const isReset = () => connection.received.some(({ type, stream }) => type === FRAME.reset && stream === 1);
      await until('the stream or its connection is ended', () => isReset() || connection.closed);
      connection.destroy();
    },
  });
});
