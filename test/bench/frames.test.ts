// Goal: frames that are made by copying and read by ids alone are the frames of the contract.
// Method: the generated code decodes what the load writes, and encodes what the load reads, cut into pieces at every place.
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { ackFrame, createSendFrames, HEARTBEAT_FRAME, helloFrame } from '../../bench/bus/frames.ts';
import { createMessageSplitter } from '../../bench/bus/message-splitter.ts';
import { messageIdOf, messageTemplate, readNumber } from '../../bench/bus/numbered-message.ts';
import { grpcMessage, varint } from '../../bench/bus/protobuf.ts';
import { createFrameReader } from '../../bench/bus/read-frames.ts';
import { AgentStreamRequestSchema, AgentStreamResponseSchema } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';

const decoded = (frame: Buffer) => {
  expect(frame.readUInt32BE(1)).toBe(frame.length - 5);
  return fromBinary(AgentStreamRequestSchema, frame.subarray(5)).frame;
};
const encoded = (frame: MessageInitShape<typeof AgentStreamResponseSchema>['frame']) =>
  grpcMessage(
    toBinary(AgentStreamResponseSchema, create(AgentStreamResponseSchema, frame === undefined ? {} : { frame })),
  );
const agents = { from: 'bench://a', to: 'bench://b' };

describe('frames that a load writes', () => {
  it.each(['bytes', 'json'] as const)('send messages of %s with consecutive numbers', (content) => {
    const frames = createSendFrames(messageTemplate({ prefix: 'run-1', ...agents, bytes: 300, content }), 16);
    const frame = decoded(frames.frame(9_999_999_990, 10));
    if (frame.case !== 'send') throw new Error(`a ${frame.case}`);
    expect(frame.value.messages.map(({ messageId }) => messageId)).toEqual(
      Array.from({ length: 10 }, (_, index) => messageIdOf('run-1', 9_999_999_990 + index)),
    );
    for (const message of frame.value.messages) {
      expect(message.sender?.agentId).toBe('bench://a');
      expect(message.content.case).toBe(content === 'json' ? 'payload' : 'data');
    }
  });

  it('answer the message with the same number', () => {
    const template = messageTemplate({ prefix: 'answer', answers: 'task', ...agents, bytes: 1 });
    const frame = decoded(createSendFrames(template, 1).frame(42, 1));
    if (frame.case !== 'send') throw new Error(`a ${frame.case}`);
    expect(frame.value.messages[0]).toMatchObject({ messageId: 'answer-0000000042', correlationId: 'task-0000000042' });
  });

  it('acknowledge ids as they came, of a frame of any size', () => {
    for (const count of [1, 5, 64, 2_000]) {
      const ids = Array.from({ length: count }, (_, index) => `run.${index}`);
      const frame = decoded(
        ackFrame(ids.map((id) => Buffer.concat([Buffer.from([0x0a]), varint(id.length), Buffer.from(id)]))),
      );
      expect(frame).toMatchObject({ case: 'ack', value: { deliveryIds: ids } });
    }
  });

  it('say hello and give signs of life', () => {
    expect(decoded(helloFrame('bench://a', { maxInFlight: 7 }))).toMatchObject({
      case: 'hello',
      value: { agent: { agentId: 'bench://a' }, maxInFlight: 7, confirmSettlements: true },
    });
    expect(decoded(HEARTBEAT_FRAME).case).toBe('heartbeat');
  });
});

describe('frames that a load reads', () => {
  const message = { messageId: messageIdOf('run', 7), sender: { agentId: 'bench://a' } };
  const stream = Buffer.concat([
    encoded({ case: 'welcome', value: { connectionId: 'c' } }),
    encoded({ case: 'sendResult', value: { results: [7, 8].map((n) => accepted(messageIdOf('run', n))) } }),
    encoded({
      case: 'delivery',
      value: {
        deliveries: [
          { deliveryId: 'd-1', attempt: 1, acceptedTime: { seconds: 1n }, message },
          { deliveryId: 'd-2', attempt: 300, message: { ...message, messageId: messageIdOf('run', 8) } },
        ],
      },
    }),
    encoded({ case: 'heartbeat', value: {} }),
    encoded({ case: 'settleResult', value: { deliveryIds: ['d-1', 'd-2'] } }),
  ]);

  function accepted(messageId: string) {
    return { messageId, outcome: { case: 'accepted' as const, value: { recipients: ['bench://b'] } } };
  }

  function read(pieces: readonly Buffer[]): string[] {
    const seen: string[] = [];
    const reader = createFrameReader({
      welcome: () => void seen.push('welcome'),
      accepted: (number) => void seen.push(`accepted ${number}`),
      delivery: (number, idField) => void seen.push(`delivery ${number} ${idField.toString('latin1', 2)}`),
      settled: (deliveryId) => void seen.push(`settled ${deliveryId}`),
    });
    const splitter = createMessageSplitter(reader);
    for (const piece of pieces) splitter.take(piece);
    return seen;
  }

  const all = ['welcome', 'accepted 7', 'accepted 8', 'delivery 7 d-1', 'delivery 8 d-2', 'settled d-1', 'settled d-2'];

  it('tell the numbers of messages and the ids of deliveries', () => {
    expect(read([stream])).toEqual(all);
  });

  it('may be cut anywhere', () => {
    for (let cut = 1; cut < stream.length; cut++)
      expect(read([stream.subarray(0, cut), stream.subarray(cut)])).toEqual(all);
    expect(read(Array.from(stream, (_, at) => stream.subarray(at, at + 1)))).toEqual(all);
  });

  it.each([
    [
      'a refused message',
      encoded({
        case: 'sendResult',
        value: {
          results: [{ messageId: messageIdOf('run', 1), outcome: { case: 'error', value: { message: 'full' } } }],
        },
      }),
      'full',
    ],
    [
      'a repeated message',
      encoded({
        case: 'sendResult',
        value: { results: [{ messageId: messageIdOf('run', 1), outcome: { case: 'duplicate', value: {} } }] },
      }),
      'duplicate',
    ],
    ['a stale delivery', encoded({ case: 'settleResult', value: { staleDeliveryIds: ['d-9'] } }), 'd-9'],
    ['a refused frame', encoded({ case: 'error', value: { error: { message: 'no' } } }), 'no'],
    ['an empty frame', encoded(undefined), 'empty'],
  ])('are an error when they tell of %s', (_, bytes, text) => {
    expect(() => read([bytes])).toThrow(text);
  });

  it('have their numbers at the end of the id', () => {
    const id = Buffer.from(messageIdOf('run-12', 345));
    expect(readNumber(id, id.length)).toBe(345);
  });
});
