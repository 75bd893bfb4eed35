import { create, fromBinary, type JsonObject, type MessageInitShape, toBinary, toJson } from '@bufbuild/protobuf';
import { describe, expect, it } from 'vitest';
import { AgentStreamResponseSchema } from '../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { EnvelopeSchema } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { SendMessageRequestSchema } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import { UpdateSharedContextRequestSchema } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { MESSAGE_LIMITS } from '../../src/limits.ts';
import { validateMessage } from '../../src/rpc/validate.ts';

// Goal: whatever is let in can be told to every reader, as JSON and as protobuf, now and after a restart.
// Method: values that one of the two forms has and the other has not, and the deepest value there may be.

type EnvelopeInit = Exclude<MessageInitShape<typeof EnvelopeSchema>, { $typeName: string }>;

const message = (fields: EnvelopeInit): EnvelopeInit => ({
  messageId: 'm',
  sender: { agentId: 'codex://a' },
  recipient: { target: { case: 'agentId', value: 'codex://b' } },
  messageType: 6,
  ...fields,
});
const payload = (value: unknown): EnvelopeInit => ({ content: { case: 'payload', value: { value } as JsonObject } });
const send = (fields: EnvelopeInit) => () =>
  validateMessage(SendMessageRequestSchema, create(SendMessageRequestSchema, { message: message(fields) }));

/** An object in an object, and so on. */
function nested(depth: number): JsonObject {
  let value: JsonObject = {};
  for (let level = 1; level < depth; level++) value = { value };
  return value;
}

describe('a message that JSON readers could never be told of is refused', () => {
  it.each<[string, EnvelopeInit, object]>([
    ['a number that is none', payload(Number.NaN), { field: 'message.payload', rule: 'json.value' }],
    ['an endless number in a list', payload([1, [-Infinity]]), { field: 'message.payload', rule: 'json.value' }],
    ['a value that is undefined', payload(undefined), { field: 'message.payload', rule: 'json.value' }],
    [
      'the year 10000',
      { timestamp: { seconds: 253_402_300_800n } },
      { field: 'message.timestamp', rule: 'timestamp.range' },
    ],
    ['a negative nanosecond', { timestamp: { nanos: -1 } }, { field: 'message.timestamp', rule: 'timestamp.range' }],
    [
      'an expiry beyond all years',
      { routing: { expiresAt: { seconds: 9_000_000_000_000n } } },
      { field: 'message.routing.expires_at', rule: 'timestamp.range' },
    ],
    [
      'a length of time with two signs',
      { routing: { timeout: { seconds: 1n, nanos: -1 } } },
      { field: 'message.routing.timeout', rule: 'duration.range' },
    ],
  ])('%s', (_, fields, facts) => {
    expect(send(fields)).toThrow(expect.objectContaining({ reason: 'FIELD_INVALID', facts }));
  });

  it('in a shared context as well', () => {
    const change = { case: 'mergePatch', value: { a: Number.NaN } } as const;
    const request = create(UpdateSharedContextRequestSchema, { sessionId: 's', change });
    expect(() => validateMessage(UpdateSharedContextRequestSchema, request)).toThrow(/^merge_patch: NaN/);
  });
});

describe('a value that is nested deeper than decoders go', () => {
  const deepest = nested(MESSAGE_LIMITS.maxJsonDepth);

  it('is refused', () => {
    const facts = { field: 'message.payload', rule: 'json.depth', bound: MESSAGE_LIMITS.maxJsonDepth };
    expect(send({ content: { case: 'payload', value: { deepest } } })).toThrow(expect.objectContaining({ facts }));
  });

  it('ends where every decoder can still read it in the deepest frame of all', () => {
    expect(send({ content: { case: 'payload', value: deepest } })).not.toThrow();
    const result = { content: { case: 'payload', value: deepest } } as const;
    const event = { body: { case: 'taskCompleted', value: { taskId: 't', result } } } as const;
    const frame = create(AgentStreamResponseSchema, { frame: { case: 'sessionEvent', value: { events: [event] } } });
    const bytes = toBinary(AgentStreamResponseSchema, frame);
    expect(toJson(AgentStreamResponseSchema, fromBinary(AgentStreamResponseSchema, bytes))).toEqual(
      toJson(AgentStreamResponseSchema, frame),
    );
  });
});
