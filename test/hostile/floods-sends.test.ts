import { afterAll, beforeAll, expect, test } from 'vitest';
import { SERVER_LIMITS, STREAM_LIMITS } from '../../src/limits.ts';
import { floodUntilHeldBack } from './rig/flood.ts';
import { connectHttp2, hello, openGrpcCall, streamFrame } from './rig/grpc-call.ts';
import { startTarget, type Target } from './rig/target.ts';

// Goal: an agent that says more than it listens is held back, and one that says nothing useful, however often, harms nobody.
// Method: floods of each frame of an agent's stream, without a look at the answers, beside agents that go on.

const MiB = 1024 * 1024;

let target: Target;
beforeAll(async () => {
  target = await startTarget();
});
afterAll(() => target.stop());

/** What a client can have sent before it is held back: unanswered, in the windows of stream and connection, in sockets. */
const HELD_BACK_AFTER =
  STREAM_LIMITS.maxUnansweredBytes + SERVER_LIMITS.connectionWindowBytes + SERVER_LIMITS.streamWindowBytes + 16 * MiB;

test('an agent that sends and never reads the results is held back', async () => {
  await target.withstands({
    name: 'sends without reading results',
    // What is unanswered, as bytes, as messages and as results; and the windows.
    boundMiB: (4 * HELD_BACK_AFTER) / MiB,
    async run() {
      const session = connectHttp2(target.bus.address);
      const stream = openGrpcCall(session, { apiKey: target.bus.apiKey, method: 'AgentService/AgentStream' });
      stream.write(hello('test://sender'));
      // To nobody that there is: each is answered, and nothing is stored.
      const message = {
        messageId: 'm',
        sender: { agentId: 'test://sender' },
        recipient: { target: { case: 'agentId', value: 'test://nobody' } },
        messageType: 4,
      } as const;
      const frame = streamFrame({
        case: 'send',
        value: { messages: Array.from({ length: 64 }, () => message) } as never,
      });
      const limit = 4 * HELD_BACK_AFTER;
      expect(
        await floodUntilHeldBack(stream, Buffer.concat(Array.from({ length: 16 }, () => frame)), limit),
      ).toBeLessThan(limit);
      session.destroy();
    },
  });
});

const ids = (count: number) => Array.from({ length: count }, (_, index) => `nothing-${index}`);

test.each([
  ['heartbeats', streamFrame({ case: 'heartbeat', value: { load: 0.5 } as never })],
  ['acknowledgements of nothing', streamFrame({ case: 'ack', value: { deliveryIds: ids(1) } as never })],
  [
    'acknowledgements of ten thousand times nothing',
    streamFrame({ case: 'ack', value: { deliveryIds: ids(10_000) } as never }),
  ],
  ['extensions of nothing', streamFrame({ case: 'extend', value: { deliveryIds: ids(1) } as never })],
  [
    'rejections of nothing',
    streamFrame({
      case: 'reject',
      value: { deliveryIds: ids(1), disposition: { case: 'drop', value: true } } as never,
    }),
  ],
  ['watches of sessions that are not there', streamFrame({ case: 'watch', value: { sessionId: 'nothing' } as never })],
])('a flood of %s', async (name, frame) => {
  await target.withstands({
    name: `2 MiB of ${name}`,
    boundMiB: (2 * HELD_BACK_AFTER) / MiB,
    async run() {
      const session = connectHttp2(target.bus.address);
      const stream = openGrpcCall(session, { apiKey: target.bus.apiKey, method: 'AgentService/AgentStream' });
      stream.write(hello('test://flood'));
      const many = Buffer.concat(
        Array.from({ length: Math.max(1, Math.floor((64 * 1024) / frame.length)) }, () => frame),
      );
      await floodUntilHeldBack(stream, many, 2 * MiB);
      expect(stream.closed).toBe(false);
      session.destroy();
    },
  });
});
