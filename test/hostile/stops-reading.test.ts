import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RPC_LIMITS, STREAM_LIMITS } from '../../src/limits.ts';
import { call, messageTo } from './rig/bus-calls.ts';
import { connectHttp2, grpcMessage, hello, openGrpcCall } from './rig/grpc-call.ts';
import { startTarget, type Target } from './rig/target.ts';
import { until } from './rig/until.ts';

// Goal: whoever asks and does not read costs the bus a bounded piece of memory, and in the end its call.
// Method: clients that open a window and never read from it, for each kind of call, and large things to read.

const MiB = 1024 * 1024;
const LARGE = 900_000;

let target: Target;
beforeAll(async () => {
  target = await startTarget();
  const { status } = await call(target, 'SessionService/CreateSession', {
    session_id: 'large',
    orchestrator: 'test://sender',
    shared_context: { text: 'x'.repeat(LARGE) },
  });
  expect(status).toBe(200);
});
afterAll(() => target.stop());

/** A call whose answer nobody reads. */
function unread(session: ReturnType<typeof connectHttp2>, method: string, first: Buffer) {
  const stream = openGrpcCall(session, { apiKey: target.bus.apiKey, method });
  stream.write(first);
  return stream;
}

/** `session_id: "large"`, field 1 of GetSession and WatchSession alike. */
const ABOUT_LARGE = grpcMessage(Buffer.concat([Buffer.of(0x0a, 5), Buffer.from('large')]));

test('answers that are read by nobody end the calls that wait longest, once they are too many bytes', async () => {
  const calls = 300;
  await target.withstands({
    name: `${calls} unread answers of ${LARGE} bytes`,
    // What is held, and what V8 has not yet collected of the others: an answer exists in four copies while it is made.
    boundMiB: (RPC_LIMITS.maxHeldBytes * 8) / MiB,
    async run() {
      const session = connectHttp2(target.bus.address);
      const streams = Array.from({ length: calls }, () =>
        unread(session, 'SessionService/GetSession', ABOUT_LARGE).end(),
      );
      const open = () => streams.filter(({ closed }) => !closed).length;
      await until('the bus broke off what is too much', () => open() * LARGE <= RPC_LIMITS.maxHeldBytes + 2 * MiB);
      // ENHANCE_YOUR_CALM, which gRPC clients read as RESOURCE_EXHAUSTED.
      expect(new Set(streams.filter(({ closed }) => closed).map(({ rstCode }) => rstCode))).toEqual(new Set([11]));
      session.destroy();
    },
  });
});

test.each([['AgentService/AgentStream', (agentId: string) => hello(agentId, { maxInFlight: 10_000 } as never)]])(
  'an agent that opens %s and reads nothing',
  async (method, first) => {
    const agentId = `test://deaf-${method.length}`;
    await target.withstands({
      name: `${method} unread`,
      // Its queue, the page on top of it, the cache of envelopes that were just sent; and the store, which is in memory here.
      boundMiB: (2 * STREAM_LIMITS.maxQueuedBytes) / MiB + 64 + 2 * 30,
      async run() {
        const session = connectHttp2(target.bus.address);
        unread(session, method, first(agentId));
        await until(
          'the agent is there',
          async () => (await call(target, 'AgentService/GetAgent', { agent_id: agentId })).status === 200,
        );
        for (let number = 0; number < 60; number++) {
          const message = messageTo(agentId, `m-${number}`, 'x'.repeat(500_000));
          expect((await call(target, 'MessageService/SendMessage', { message })).status).toBe(200);
        }
        // It is called slow, which is not offline.
        await until('its presence says so', async () => {
          const { body } = await call(target, 'AgentService/GetAgent', { agent_id: agentId });
          return JSON.stringify(body).includes('SLOW');
        });
        session.destroy();
      },
    });
  },
);

test('watches that are read by nobody keep a cursor and no queue', async () => {
  const watches = 100;
  await target.withstands({
    name: `${watches} unread watches`,
    // A page of events each: what one watch holds while its client does not read.
    boundMiB: watches,
    async run() {
      const session = connectHttp2(target.bus.address);
      const streams = Array.from({ length: watches }, () =>
        unread(session, 'SessionService/WatchSession', ABOUT_LARGE).end(),
      );
      for (let change = 0; change < 50; change++) {
        const { status } = await call(target, 'SessionService/UpdateSharedContext', {
          session_id: 'large',
          merge_patch: { number: change, more: 'y'.repeat(20_000) },
        });
        expect(status).toBe(200);
      }
      expect(streams.every(({ closed }) => !closed)).toBe(true);
      session.destroy();
    },
  });
});

test('an HTTP/1.1 client that asks without end and reads nothing', async () => {
  await target.withstands({
    name: '50 connections of HTTP/1.1 with unread answers',
    boundMiB: 4 * 50,
    async run() {
      const body = JSON.stringify({ session_id: 'large' });
      const sockets = Array.from({ length: 50 }, () => {
        const socket = connect({ port: target.port, host: '127.0.0.1' });
        socket.on('error', () => undefined);
        const request = `POST /agentbus.v1.SessionService/GetSession HTTP/1.1\r\nhost: a\r\nx-agent-api-key: ${target.bus.apiKey}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
        // Ten at once on each connection: the next is begun when the answer before it has gone.
        socket.write(request.repeat(10));
        return socket;
      });
      await until('all were taken', () => sockets.every(({ writableLength }) => writableLength === 0));
      for (const socket of sockets) socket.destroy();
    },
  });
});
