/** Goal: the trace of a message is found without decoding the rest of it. Method: encoded envelopes of every shape. */
import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { expect, it } from 'vitest';
import { EnvelopeSchema, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { traceparentOf } from '../../../src/bus/message/traceparent-of.ts';

const TRACE = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function encode(fields: Exclude<MessageInitShape<typeof EnvelopeSchema>, { $typeName: string }>): Uint8Array {
  const envelope = create(EnvelopeSchema, {
    messageId: 'm-1',
    sender: { agentId: 'claude-code://orchestrator' },
    messageType: MessageType.TASK_REQUEST,
    routing: { timeout: { seconds: 3n }, fallbackAgents: ['codex://a'] },
    content: { case: 'payload', value: { traceparent: 'not this one', list: [1, 'two', { three: null }] } },
    ...fields,
  });
  return toBinary(EnvelopeSchema, envelope);
}

it.each([
  { title: 'none', metadata: {}, found: undefined },
  { title: 'among others', metadata: { a: 'b', traceparent: TRACE, z: '' }, found: TRACE },
  { title: 'another spelling of the key', metadata: { Traceparent: TRACE }, found: undefined },
  { title: 'not valid', metadata: { traceparent: 'nonsense' }, found: undefined },
])('metadata with a traceparent: $title', ({ metadata, found }) => {
  expect(traceparentOf(encode({ metadata }))).toBe(found);
});

it('fields in any order, and those of a later contract, are passed over', () => {
  const entry = new BinaryWriter().tag(2, WireType.LengthDelimited).string(TRACE).tag(3, WireType.Varint).int32(7);
  entry.tag(1, WireType.LengthDelimited).string('traceparent');
  const later = new BinaryWriter().tag(900, WireType.Bit64).fixed64(1).tag(11, WireType.LengthDelimited);
  later.bytes(entry.finish()).tag(901, WireType.Varint).int32(1);
  expect(traceparentOf(Buffer.concat([later.finish(), encode({})]))).toBe(TRACE);
});
