// Goal: a message whose head alone is read is the message that decoding, checking and encoding it again gives, and whatever
// differs is left to that way. Method: both ways on valid, nearly valid and broken envelopes, made from the contract and from
// usual messages by changing every byte; and the usual messages have to be taken, so that refusing all of them fails too.
import { deepStrictEqual, strictEqual } from 'node:assert';
import { create, type JsonObject, type MessageInitShape, toBinary } from '@bufbuild/protobuf';
import { BinaryWriter } from '@bufbuild/protobuf/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Envelope,
  EnvelopeSchema,
  MessageState,
  MessageType,
  Priority,
} from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { type IncomingMessage, incomingFromEnvelope } from '../../../src/bus/message/incoming.ts';
import { decode } from '../../../src/rpc/grpc/decode.ts';
import { incomingFromBytes } from '../../../src/rpc/grpc/incoming-from-bytes.ts';
import { arbitraryMessage, type Validity } from '../../fuzz/input/arbitrary-message.ts';
import { breakBytes, byteBreakage } from '../../fuzz/input/broken-bytes.ts';
import type { ReferenceKind } from '../../fuzz/input/references.ts';

const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

function decoded(bytes: Uint8Array): IncomingMessage {
  return incomingFromEnvelope(decode(EnvelopeSchema, bytes), TRACEPARENT);
}

/** Whether the bytes were taken, after what was taken was compared to the other way. */
function isTaken(bytes: Uint8Array): boolean {
  const taken = incomingFromBytes(bytes, TRACEPARENT);
  if (taken === undefined) return false;
  const expected = decoded(bytes);
  // Not by `expect`, which takes longer than both ways together.
  deepStrictEqual(taken.head, expected.head);
  strictEqual(taken.calledWithin, expected.calledWithin);
  strictEqual(taken.bytes, bytes);
  strictEqual(Buffer.compare(taken.bytes, expected.bytes), 0, 'encoding it again gives other bytes');
  return true;
}

type Fields = Exclude<MessageInitShape<typeof EnvelopeSchema>, Envelope>;

function encoded(fields: Fields = {}): Uint8Array {
  return toBinary(
    EnvelopeSchema,
    create(EnvelopeSchema, {
      messageId: 'm-1',
      sender: { agentId: 'codex://planner' },
      recipient: { target: { case: 'agentId', value: 'codex://worker' } },
      messageType: MessageType.NOTIFICATION,
      ...fields,
    }),
  );
}

const json = (value: JsonObject): Fields => ({ content: { case: 'payload', value } });
const data = (value: Uint8Array): Fields => ({
  content: { case: 'data', value },
  contentType: 'application/octet-stream',
});

const USUAL: readonly (readonly [string, Fields])[] = [
  ['the least there is', {}],
  ['a task with bytes', { messageType: MessageType.TASK_REQUEST, ...data(new Uint8Array(256).fill(0xff)) }],
  ['an empty text of bytes', data(new Uint8Array())],
  [
    'an answer',
    {
      messageType: MessageType.TASK_RESPONSE,
      correlationId: 'm-0',
      ...json({ status: 'completed', result: { a: 1 } }),
    },
  ],
  [
    'progress',
    { messageType: MessageType.STATUS_UPDATE, correlationId: 'm-0', ...json({ progress: 40, note: 'half' }) },
  ],
  [
    'an error',
    { messageType: MessageType.ERROR, ...json({ reason: 'außer Betrieb', codes: [1, -0, null, true, []] }) },
  ],
  ['a sign of life', { messageType: MessageType.HEARTBEAT, priority: Priority.LOW }],
  ['an empty object', json({})],
  [
    'in a session',
    {
      sender: { agentId: 'codex://planner', framework: 'codex', sessionId: 'session/1' },
      recipient: { target: { case: 'role', value: 'Prüfer' } },
      parentTaskId: 'm-0',
      step: 's1',
      priority: Priority.CRITICAL,
    },
  ],
  ['to a framework', { recipient: { target: { case: 'agentId', value: 'a://b' }, framework: 'a' } }],
  ['to a capability', { recipient: { target: { case: 'capability', value: 'review' } } }],
  ['to all', { recipient: { target: { case: 'allParticipants', value: true } } }],
  [
    'with every word of routing',
    {
      routing: {
        timeout: { seconds: 604_800n },
        retryPolicy: { maxRetries: 100, backoff: 3, initialDelay: { nanos: 5 }, maxDelay: { seconds: 86_400n } },
        fallbackAgents: ['codex://b', 'claude-code://c/d@e'],
        deliveryMode: 1,
        expiresAt: { seconds: 253_402_300_799n, nanos: 999_999_999 },
        receipts: [MessageState.QUEUED, MessageState.WITHDRAWN],
        replyMode: 2,
      },
    },
  ],
  ['with an empty routing', { routing: {}, timestamp: {} }],
  [
    'with metadata',
    { timestamp: { seconds: 1_767_225_600n, nanos: 5e8 }, metadata: { team: 'a', traceparent: TRACEPARENT, none: '' } },
  ],
  ['a text that begins with a byte order mark', { step: '\uFEFFs', ...json({ '\uFEFF': '\uFEFF' }) }],
  ['a long text that is no ASCII', json({ text: 'ä'.repeat(60), more: 'a'.repeat(120) })],
  ['objects as deep as they may be', json(nested(30))],
];

function nested(depth: number): JsonObject {
  return depth === 1 ? {} : { a: nested(depth - 1) };
}

it.each(USUAL)('the head alone is read of %s', (_name, fields) => {
  expect(isTaken(encoded(fields))).toBe(true);
});

it('the content is decoded when it is asked for, once', () => {
  const bytes = encoded(json({ status: 'completed' }));
  const taken = incomingFromBytes(bytes);
  expect(taken?.envelope()).toEqual(decode(EnvelopeSchema, bytes));
  expect(taken?.envelope()).toBe(taken?.envelope());
  expect(taken?.calledWithin).toBeUndefined();
});

const LEFT: readonly (readonly [string, Fields])[] = [
  ['no message id', { messageId: '' }],
  ['objects that are nested too deep', json(nested(31))],
  ['lists that are nested too deep', json({ a: Array.from({ length: 30 }).reduce((inner) => [inner], 1) as never })],
  ['a number that is infinite', json({ a: Number.POSITIVE_INFINITY })],
  ['a number that is none', json({ a: [Number.NaN] })],
  ['whole numbers as keys', json({ b: 1, 10: 1 })],
  ['more keys than are compared', json(Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, n])))],
  ['a time before 1970', { timestamp: { seconds: -1n } }],
  ['a framework that is none of the agent', { sender: { agentId: 'codex://a', framework: 'code' } }],
  ['a framework of a role', { recipient: { target: { case: 'role', value: 'a' }, framework: 'a' } }],
  ['no time at all', { routing: { timeout: {} } }],
  ['a time that is a little too long', { routing: { timeout: { seconds: 604_800n, nanos: 1 } } }],
  ['the same agent twice', { routing: { fallbackAgents: ['a://b', 'a://b'] } }],
  ['the same state twice', { routing: { receipts: [1, 1] } }],
  ['too many agents', { routing: { fallbackAgents: Array.from({ length: 17 }, (_, n) => `a://b${n}`) } }],
  ['a newline behind an id', { sender: { agentId: 'codex://a\n' } }],
  ['an id that is too long', { sender: { agentId: `a://${'b'.repeat(252)}` } }],
  ['a type that is none', { messageType: 7 as MessageType }],
  ['too much metadata', { metadata: Object.fromEntries(Array.from({ length: 65 }, (_, n) => [`k${n}`, ''])) }],
  ['metadata without a key', { metadata: { '': 'a' } }],
];

it.each(LEFT)('a decoder is asked about %s', (_name, fields) => {
  expect(isTaken(encoded(fields))).toBe(false);
});

describe('forms that no encoder of the bus writes are left to a decoder', () => {
  const part = (write: (writer: BinaryWriter) => void): Uint8Array => {
    const writer = new BinaryWriter();
    write(writer);
    return Buffer.concat([encoded(), writer.finish()]);
  };
  const entry = (key: string): Uint8Array => new BinaryWriter().tag(1, 2).string(key).tag(2, 2).string('').finish();
  const member = (key: string): Uint8Array => {
    const value = new BinaryWriter().tag(1, 0).int32(0).finish();
    return new BinaryWriter().tag(1, 2).string(key).tag(2, 2).bytes(value).finish();
  };
  it.each<readonly [string, Uint8Array]>([
    ['a field that is not known', part((writer) => writer.tag(16, 0).int32(1))],
    ['a field twice', part((writer) => writer.tag(4, 0).int32(1))],
    ['a field before one with a lower number', part((writer) => writer.tag(1, 2).string('m-2'))],
    ['a default that is written', part((writer) => writer.tag(5, 0).int32(0))],
    ['an empty text that is written', part((writer) => writer.tag(12, 2).string(''))],
    ['content twice', part((writer) => writer.tag(14, 2).bytes(new Uint8Array()).tag(15, 2).bytes(new Uint8Array()))],
    ['a key twice', part((writer) => writer.tag(11, 2).bytes(entry('a')).tag(11, 2).bytes(entry('a')))],
    ['a key that objects have', part((writer) => writer.tag(11, 2).bytes(entry('__proto__')))],
    [
      'a member twice',
      part((writer) => {
        const object = new BinaryWriter().tag(1, 2).bytes(member('a')).tag(1, 2).bytes(member('b'));
        writer.tag(14, 2).bytes(object.tag(1, 2).bytes(member('a')).finish());
      }),
    ],
    [
      'a member that objects have',
      part((writer) => {
        writer.tag(14, 2).bytes(new BinaryWriter().tag(1, 2).bytes(member('__proto__')).finish());
      }),
    ],
    ['a number in more bytes than it needs', part((writer) => writer.raw(Uint8Array.of(0x28, 0x81, 0x00)))],
    ['text that is not UTF-8', part((writer) => writer.tag(8, 2).bytes(Uint8Array.of(0xff)))],
    [
      'a value without a kind',
      part((writer) => {
        const object = new BinaryWriter().tag(1, 2).string('a').tag(2, 2).bytes(new Uint8Array()).finish();
        writer.tag(14, 2).bytes(new BinaryWriter().tag(1, 2).bytes(object).finish());
      }),
    ],
    ['nothing', new Uint8Array()],
  ])('%s', (_name, bytes) => {
    expect(isTaken(bytes)).toBe(false);
  });
});

/** Names of what a run of the fuzzer would have. */
function resolve(kind: ReferenceKind, index: number): string {
  return kind === 'agent' ? `fuzz://agent-${index}` : `${kind}-${index}`;
}

const envelopes = (validity: Validity) =>
  arbitraryMessage(EnvelopeSchema, { validity }).map((specimen) => ({ specimen, bytes: specimen.binary(resolve) }));

/** Keys that are not kept in their place, which only a decoder can say something about. */
const MOVED_KEY = /"(\d+|__proto__)":/;

it('valid envelopes are taken', () => {
  fc.assert(
    fc.property(envelopes('valid'), ({ specimen, bytes }) => {
      const text = Buffer.from(specimen.json(resolve)).toString();
      expect(isTaken(bytes) || MOVED_KEY.test(text)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

it.each<Validity>(['nearly valid', 'broken'])(
  '%s envelopes are read as a decoder reads them, or not at all',
  (validity) => {
    fc.assert(
      fc.property(envelopes(validity), ({ bytes }) => void isTaken(bytes)),
      { numRuns: 2_000 },
    );
  },
);

it('usual envelopes that were broken in bytes are read as a decoder reads them, or not at all', () => {
  const usual = USUAL.map(([, fields]) => encoded(fields));
  const breakages = fc.array(byteBreakage, { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(fc.constantFrom(...usual), breakages, (bytes, how) => void isTaken(breakBytes(bytes, how))),
    { numRuns: 2_000 },
  );
});

it.each(USUAL)('of %s every byte may be another, be missing, or be the last', (_name, fields) => {
  const bytes = Buffer.from(encoded(fields));
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    for (const other of [0x00, 0x7f, 0x80, 0xff, ...[1, 2, 4, 8, 16, 32, 64, 128].map((bit) => byte ^ bit)]) {
      const changed = Buffer.from(bytes);
      changed[at] = other;
      isTaken(changed);
    }
    isTaken(Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]));
    isTaken(bytes.subarray(0, at));
  }
});
