import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectHttp2, grpcEnd, grpcMessage, openGrpcCall } from './rig/grpc-call.ts';
import { startTarget, type Target } from './rig/target.ts';

// Goal: a length that is announced and a lie makes the bus neither wait nor allocate for it.
// Method: prefixes of 4 GiB, and of the largest request with nothing behind them, in every protocol.

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

test.each(['MessageService/SendMessage', 'AgentService/AgentStream', 'AgentService/Subscribe'])(
  'a message of 4 GiB announced to %s is refused at once',
  async (method) => {
    await target.withstands({
      name: `4 GiB announced to ${method}`,
      boundMiB: 1,
      async run() {
        const session = connectHttp2(target.bus.address);
        const stream = openGrpcCall(session, { apiKey: target.bus.apiKey, method });
        stream.write(grpcMessage(Buffer.from('x'), { length: 0xffffffff }));
        const { status, details } = await grpcEnd(stream);
        expect(status).toBe(8);
        expect(details).toContain('MESSAGE_TOO_LARGE');
        session.destroy();
      },
    });
  },
);

test('a thousand calls that announce 4 MiB each and send none of it', async () => {
  await target.withstands({
    name: '1,000 calls that announce 4 MiB',
    // Each call costs some 30 KiB; what it announces is not set aside before it comes.
    boundMiB: 30,
    async run() {
      const session = connectHttp2(target.bus.address);
      const ends: Promise<unknown>[] = [];
      for (let call = 0; call < 1_000; call++) {
        const stream = openGrpcCall(session, { apiKey: target.bus.apiKey, method: 'MessageService/SendMessage' });
        await new Promise((resolve) =>
          stream.write(grpcMessage(Buffer.alloc(1), { length: 4 * 1024 * 1024 }), resolve),
        );
        ends.push(grpcEnd(stream));
      }
      session.destroy();
      await Promise.all(ends);
    },
  });
});

test('a body of HTTP/1.1 that announces a terabyte is refused before it comes', async () => {
  const socket = connect({ port: target.port, host: '127.0.0.1' });
  socket.write(
    `POST /agentbus.v1.MessageService/SendMessage HTTP/1.1\r\nhost: a\r\nx-agent-api-key: ${target.bus.apiKey}\r\ncontent-type: application/json\r\ncontent-length: 1099511627776\r\n\r\n{`,
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 429 .*MESSAGE_TOO_LARGE/s);
  socket.destroy();
});
