/**
 * What it costs to read and to write a message, in nanoseconds of CPU time, by the hand-written codec of the busiest calls and by the
 * general one with the checks of the contract that go with it. Both in one process and in turns, so that what else the machine
 * does meets both; what counts are the ratios.
 *
 *   node --conditions=agentbus-source bench/codec.ts [--rounds 7] [--ms 100] [--json]
 */
import { parseArgs } from 'node:util';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { AgentStreamRequestSchema, AgentStreamResponseSchema } from '../gen/ts/agentbus/v1/agent_stream_pb.js';
import { type Envelope, EnvelopeSchema, MessageType } from '../gen/ts/agentbus/v1/envelope_pb.js';
import { markdownTable } from '../scripts/markdown-table.ts';
import { incomingFromEnvelope } from '../src/bus/message/incoming.ts';
import type { Lease } from '../src/engine/engine.ts';
import { sealedDeliveryFromLease } from '../src/rpc/agent-stream/conversions.ts';
import type { Arrival, OutboundFrame } from '../src/rpc/agent-stream/frames.ts';
import { arrivalOf, responseOf } from '../src/rpc/agent-stream/typed-frames.ts';
import { arrivalFromBytes } from '../src/rpc/grpc/arrival-from-bytes.ts';
import { decode } from '../src/rpc/grpc/decode.ts';
import { encodeFrames } from '../src/rpc/grpc/encode-frames.ts';
import { incomingFromBytes } from '../src/rpc/grpc/incoming-from-bytes.ts';
import { envelopeMessage } from '../src/rpc/grpc/prefix.ts';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    ms: { type: 'string', default: '100' },
    json: { type: 'boolean' },
  },
});

/** As many as make the fullest use of a frame. */
const PER_FRAME = 16;
/** Runs of a subject between two looks at the clock. */
const BATCH = 50;

interface Subject {
  readonly what: string;
  /** Messages of one run. */
  readonly messages: number;
  byHand(): unknown;
  general(): unknown;
}

function envelope(content: Envelope['content']): Envelope {
  return create(EnvelopeSchema, {
    messageId: '0197f3b2-7c1e-7a4e-9f0e-3f6f2b1c9d10',
    sender: { agentId: 'codex://planner-1' },
    recipient: { target: { case: 'agentId', value: 'claude-code://worker-1' } },
    messageType: MessageType.NOTIFICATION,
    content,
  });
}

/** A JSON object of about so many bytes: words, numbers and lists, as agents write them. */
function structOf(bytes: number): Envelope['content'] {
  const members = Math.floor(bytes / 32);
  const value = Object.fromEntries(
    Array.from({ length: members }, (_, index) => [
      `field_${index}`,
      index % 4 === 3 ? [index, true] : `a value ${index}`,
    ]),
  );
  return { case: 'payload', value };
}

function subjects(bytes: number, kind: 'data' | 'struct'): Subject[] {
  const message = envelope(kind === 'data' ? { case: 'data', value: new Uint8Array(bytes).fill(65) } : structOf(bytes));
  const encoded = toBinary(EnvelopeSchema, message);
  const messages = Array.from({ length: PER_FRAME }, () => message);
  const frame = { case: 'send' as const, value: { messages } };
  const send = toBinary(AgentStreamRequestSchema, create(AgentStreamRequestSchema, { frame }));
  const name = `${bytes} B as ${kind}`;
  const lease: Lease = {
    deliveryId: '1a2b-3c-4d',
    attempt: 1,
    leaseExpiresAt: 1_767_225_630_500,
    sender: 'codex://planner-1',
    messageId: message.messageId,
    priority: 2,
    tag: 0,
    acceptedAt: 1_767_225_600_123,
    envelope: encoded,
  };
  const deliveries: OutboundFrame = { case: 'delivery', value: Array.from({ length: PER_FRAME }, () => lease) };
  return [
    {
      what: `read a message, ${name}`,
      messages: 1,
      byHand: () => incomingFromBytes(encoded),
      general: () => incomingFromEnvelope(decode(EnvelopeSchema, encoded)),
    },
    {
      what: `read a frame of ${PER_FRAME}, ${name}`,
      messages: PER_FRAME,
      byHand: () => opened(arrivalFromBytes(send)),
      general: () => opened(arrivalOf(fromBinary(AgentStreamRequestSchema, send))),
    },
    {
      what: `write a frame of ${PER_FRAME} deliveries, ${name}`,
      messages: PER_FRAME,
      byHand: () => encodeFrames([deliveries]),
      general: () =>
        envelopeMessage(toBinary(AgentStreamResponseSchema, responseOf(deliveries, sealedDeliveryFromLease))),
    },
  ];
}

function writeResults(): Subject {
  const outcome = {
    messageId: '0197f3b2-7c1e-7a4e-9f0e-3f6f2b1c9d10',
    duplicate: false,
    acceptedAt: 1_767_225_600_123,
    recipients: ['claude-code://worker-1'],
  };
  const results: OutboundFrame = { case: 'sendResult', value: Array.from({ length: PER_FRAME }, () => outcome) };
  return {
    what: `write a frame of ${PER_FRAME} results`,
    messages: PER_FRAME,
    byHand: () => encodeFrames([results]),
    general: () => envelopeMessage(toBinary(AgentStreamResponseSchema, responseOf(results, sealedDeliveryFromLease))),
  };
}

function readAcks(): Subject {
  const deliveryIds = Array.from({ length: PER_FRAME }, (_, index) => `1a2b-3c-${index}`);
  const frame = { case: 'ack' as const, value: { deliveryIds } };
  const acks = toBinary(AgentStreamRequestSchema, create(AgentStreamRequestSchema, { frame }));
  return {
    what: `read a frame of ${PER_FRAME} acknowledgements`,
    messages: PER_FRAME,
    byHand: () => arrivalFromBytes(acks).read(),
    general: () => arrivalOf(fromBinary(AgentStreamRequestSchema, acks)).read(),
  };
}

function opened(arrival: Arrival): unknown {
  const frame = arrival.read();
  return frame.case === 'send' ? frame.value.map((submission) => submission.open()) : undefined;
}

/** Nanoseconds of this thread that a message takes: whatever else wants the core is not counted. */
function measure(run: () => unknown, messages: number): number {
  const startedUs = threadUs();
  let runs = 0;
  let usedUs = 0;
  while (usedUs < Number(values.ms) * 1_000) {
    for (let index = 0; index < BATCH; index++) if (run() === undefined) throw new Error('nothing was read or written');
    runs += BATCH;
    usedUs = threadUs() - startedUs;
  }
  return (usedUs * 1_000) / (runs * messages);
}

function threadUs(): number {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function median(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

const all = [
  ...([256, 1_024] as const).flatMap((bytes) => [...subjects(bytes, 'data'), ...subjects(bytes, 'struct')]),
  writeResults(),
  readAcks(),
];
const rounds = Array.from(
  { length: Number(values.rounds) + 1 },
  () =>
    all.map(({ messages, byHand, general }) => ({
      byHandNs: measure(byHand, messages),
      generalNs: measure(general, messages),
    })),
  // The first is for the just-in-time compiler.
).slice(1);
const results = all.map(({ what }, index) => {
  const of = rounds.map((round) => round[index]).filter((figures) => figures !== undefined);
  return {
    what,
    byHandNs: Math.round(median(of.map(({ byHandNs }) => byHandNs))),
    generalNs: Math.round(median(of.map(({ generalNs }) => generalNs))),
    ratio: Number(median(of.map(({ byHandNs, generalNs }) => generalNs / byHandNs)).toFixed(1)),
  };
});
if (values.json) console.log(JSON.stringify({ perMessageNs: results, rounds: rounds.length }, null, 2));
else
  console.log(
    markdownTable(
      ['ns a message', 'by hand', 'in general', 'ratio'],
      results.map(({ what, byHandNs, generalNs, ratio }) => [what, String(byHandNs), String(generalNs), String(ratio)]),
    ),
  );
