// Goal: a frame, or a request, that is read without decoding it says what it says when it is decoded, and is refused with the
// same words; and a message of a frame does not keep the others in memory. Method: both ways on frames and requests that are
// valid, nearly valid and broken; the usual ones have to be read the short way.
import { deepStrictEqual } from 'node:assert';
import { create, fromBinary, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { type AgentStreamRequest, AgentStreamRequestSchema } from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { type Envelope, EnvelopeSchema, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import {
  AcknowledgeMessagesRequestSchema,
  ReceiveMessagesRequestSchema,
  SendMessageRequestSchema,
} from '../../../gen/ts/agentbus/v1/message_service_pb.js';
import { type IncomingMessage, incomingFromEnvelope } from '../../../src/bus/message/incoming.ts';
import { BUFFER_LIMITS } from '../../../src/limits.ts';
import type { Arrival } from '../../../src/rpc/agent-stream/frames.ts';
import { arrivalOf } from '../../../src/rpc/agent-stream/typed-frames.ts';
import { arrivalFromBytes } from '../../../src/rpc/grpc/arrival-from-bytes.ts';
import { decode } from '../../../src/rpc/grpc/decode.ts';
import {
  acknowledgeRequestFromBytes,
  messageOfSendRequest,
  receiveQueryFromBytes,
} from '../../../src/rpc/grpc/request-from-bytes.ts';
import { receiveQueryOf } from '../../../src/rpc/message-calls.ts';
import { anyMessage } from '../../fuzz/input/arbitrary-message.ts';
import { breakBytes, byteBreakage } from '../../fuzz/input/broken-bytes.ts';

vi.mock('@bufbuild/protobuf', { spy: true });

type FrameInit = NonNullable<Exclude<MessageInitShape<typeof AgentStreamRequestSchema>, AgentStreamRequest>['frame']>;

function framed(frame: FrameInit): Uint8Array {
  return toBinary(AgentStreamRequestSchema, create(AgentStreamRequestSchema, { frame }));
}

function envelope(index: number, text = ''): Envelope {
  return create(EnvelopeSchema, {
    messageId: `m-${index}`,
    sender: { agentId: 'codex://planner' },
    recipient: { target: { case: 'agentId', value: 'codex://worker' } },
    messageType: MessageType.NOTIFICATION,
    content: { case: 'payload', value: { text } },
  });
}

const sendFrame = (count: number, text?: string): Uint8Array =>
  framed({ case: 'send', value: { messages: Array.from({ length: count }, (_, index) => envelope(index, text)) } });
const ackFrame = (deliveryIds: string[]): Uint8Array => framed({ case: 'ack', value: { deliveryIds } });
const ids = (count: number): string[] => Array.from({ length: count }, (_, index) => `d-${index}`);

/** What was read, or what is said about what was not. */
function told<T>(read: () => T): T | string {
  try {
    return read();
  } catch (error) {
    return String(error);
  }
}

function viewOf({ head, bytes, calledWithin }: IncomingMessage) {
  return { head, bytes: Buffer.from(bytes).toString('hex'), calledWithin };
}

/** Everything that a stream gets to know of a frame. */
function tale(arrivalFrom: () => Arrival) {
  return told(() => {
    const arrival = arrivalFrom();
    const frame = told(() => {
      const inbound = arrival.read();
      if (inbound.case !== 'send') return inbound;
      return inbound.value.map((submission) => [submission.messageId, told(() => viewOf(submission.open()))]);
    });
    return { name: arrival.name, sessionId: arrival.sessionId, units: arrival.units, frame };
  });
}

function requireSameFrame(bytes: Uint8Array): void {
  deepStrictEqual(
    tale(() => arrivalFromBytes(bytes)),
    tale(() => arrivalOf(fromBinary(AgentStreamRequestSchema, bytes))),
  );
}

it.each<readonly [string, Uint8Array]>([
  ['one message', sendFrame(1)],
  ['some messages', sendFrame(16, 'x'.repeat(300))],
  ['as many messages as a frame may have', sendFrame(1_024)],
  ['one more message than that', sendFrame(1_025)],
  ['no message', sendFrame(0)],
  ['one id', ackFrame(ids(1))],
  ['as many ids as a frame may have', ackFrame(ids(10_000))],
  ['one more id than that', ackFrame(ids(10_001))],
  ['no id', ackFrame([])],
  ['an empty id', ackFrame(['a', ''])],
  ['an id that is too long', ackFrame(['a'.repeat(65)])],
  ['an id of other letters', ackFrame(['ä'])],
  ['a message that breaks a rule', framed({ case: 'send', value: { messages: [envelope(1), { messageId: 'm-2' }] } })],
  ['a heartbeat', framed({ case: 'heartbeat', value: { load: 0.5 } })],
  ['two kinds of frame', Buffer.concat([sendFrame(1), ackFrame(ids(1))])],
  ['the same kind twice', Buffer.concat([ackFrame(ids(1)), ackFrame(ids(2))])],
  ['a message that is cut', Buffer.from([0x12, 0x04, 0x0a, 0x09, 0x0a, 0x01])],
  ['nothing', new Uint8Array()],
])('a frame with %s is read as it is decoded', (_name, bytes) => {
  requireSameFrame(bytes);
});

const noReferences = (kind: string, index: number): string =>
  kind === 'agent' ? `a://b-${index}` : `${kind}-${index}`;
const breakages = fc.array(byteBreakage, { minLength: 1, maxLength: 2 });

it('frames of every quality are read as they are decoded', () => {
  fc.assert(
    fc.property(anyMessage(AgentStreamRequestSchema), (frame) => requireSameFrame(frame.binary(noReferences))),
    { numRuns: 300 },
  );
});

it('usual frames that were broken are read as they are decoded', () => {
  const usual = fc.constantFrom(sendFrame(1), sendFrame(3, 'text'), ackFrame(ids(3)));
  fc.assert(
    fc.property(usual, breakages, (bytes, how) => requireSameFrame(breakBytes(bytes, how))),
    { numRuns: 1_000 },
  );
});

it.each<readonly [string, Uint8Array]>([
  ['messages', sendFrame(3)],
  ['ids', ackFrame(ids(3))],
])('%s are read without decoding them', (_name, bytes) => {
  vi.mocked(fromBinary).mockClear();
  arrivalFromBytes(bytes).read();
  expect(fromBinary).not.toHaveBeenCalled();
  arrivalFromBytes(framed({ case: 'heartbeat', value: {} })).read();
  expect(fromBinary).toHaveBeenCalledOnce();
});

it('a message does not keep a frame in memory that is many times as large', () => {
  const messages = [envelope(1), envelope(2, 'x'.repeat(100_000))];
  const frame = arrivalFromBytes(framed({ case: 'send', value: { messages } })).read();
  if (frame.case !== 'send') throw new Error('the frame is no send');
  for (const submission of frame.value) {
    const { bytes } = submission.open();
    expect(bytes.buffer.byteLength).toBeLessThanOrEqual(Math.max(2 * bytes.length, BUFFER_LIMITS.slabBytes));
  }
});

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

it('a request to send is read as it is decoded, or not at all', () => {
  const usual = toBinary(SendMessageRequestSchema, create(SendMessageRequestSchema, { message: envelope(1) }));
  const isSame = (bytes: Uint8Array): boolean => {
    const read = messageOfSendRequest(bytes, TRACEPARENT);
    if (read === undefined) return false;
    const { message, wait, cancelOnTimeout } = decode(SendMessageRequestSchema, bytes);
    deepStrictEqual({ wait, cancelOnTimeout }, { wait: undefined, cancelOnTimeout: false });
    deepStrictEqual(viewOf(read), viewOf(incomingFromEnvelope(message as Envelope, TRACEPARENT)));
    return true;
  };
  expect(isSame(usual)).toBe(true);
  fc.assert(
    fc.property(breakages, (how) => void isSame(breakBytes(usual, how))),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(anyMessage(SendMessageRequestSchema), (request) => void isSame(request.binary(noReferences))),
    { numRuns: 200 },
  );
});

it('a request to acknowledge is read as it is decoded, or not at all', () => {
  const request = { agentId: 'codex://worker', deliveryIds: ids(3) };
  const usual = toBinary(AcknowledgeMessagesRequestSchema, create(AcknowledgeMessagesRequestSchema, request));
  const isSame = (bytes: Uint8Array): boolean => {
    const read = acknowledgeRequestFromBytes(bytes);
    if (read === undefined) return false;
    deepStrictEqual(create(AcknowledgeMessagesRequestSchema, read), decode(AcknowledgeMessagesRequestSchema, bytes));
    return true;
  };
  expect(isSame(usual)).toBe(true);
  fc.assert(
    fc.property(breakages, (how) => void isSame(breakBytes(usual, how))),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(anyMessage(AcknowledgeMessagesRequestSchema), (any) => void isSame(any.binary(noReferences))),
    { numRuns: 200 },
  );
});

it('a request to receive is read as it is decoded, or not at all', () => {
  const bytesOf = (request: MessageInitShape<typeof ReceiveMessagesRequestSchema>): Uint8Array =>
    toBinary(ReceiveMessagesRequestSchema, create(ReceiveMessagesRequestSchema, request));
  const isSame = (bytes: Uint8Array): boolean => {
    const read = receiveQueryFromBytes(bytes);
    if (read === undefined) return false;
    deepStrictEqual(read, receiveQueryOf(decode(ReceiveMessagesRequestSchema, bytes)));
    return true;
  };
  const agentId = 'codex://worker';
  const usual = bytesOf({
    agentId,
    instanceId: 'i-1',
    maxMessages: 4_294_967_295,
    wait: { seconds: 59n, nanos: 999_999_999 },
    lease: { seconds: 1n },
  });
  expect(isSame(usual)).toBe(true);
  expect(isSame(bytesOf({ agentId }))).toBe(true);
  // At both bounds, and with lengths that are rounded.
  const longest = { wait: { seconds: 60n }, lease: { seconds: 3_600n } };
  expect(isSame(bytesOf({ agentId, ...longest }))).toBe(true);
  for (const nanos of [1, 499_999, 500_000, 1_500_000])
    expect(isSame(bytesOf({ agentId, wait: { nanos }, lease: { seconds: 2n, nanos } }))).toBe(true);
  // Beyond them.
  for (const wait of [{ seconds: 60n, nanos: 1 }, { seconds: 61n }, { seconds: -1n }])
    expect(receiveQueryFromBytes(bytesOf({ agentId, wait }))).toBeUndefined();
  for (const lease of [{ nanos: 999_999_999 }, { seconds: 3_600n, nanos: 1 }, {}])
    expect(receiveQueryFromBytes(bytesOf({ agentId, lease }))).toBeUndefined();
  fc.assert(
    fc.property(breakages, (how) => void isSame(breakBytes(usual, how))),
    { numRuns: 500 },
  );
  fc.assert(
    fc.property(anyMessage(ReceiveMessagesRequestSchema), (any) => void isSame(any.binary(noReferences))),
    { numRuns: 200 },
  );
});
