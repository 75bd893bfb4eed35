/** Goal: frames that are written by hand are, byte for byte, what the general encoder writes. Method: both, on made-up frames of all shapes. */
import { create, toBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  AgentStreamResponseSchema,
  ErrorStatusSchema,
  ServerHeartbeatSchema,
  SettleResultFrameSchema,
} from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import { EnvelopeSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Lease } from '../../../src/engine/engine.ts';
import { deliveryFromLease } from '../../../src/rpc/agent-stream/conversions.ts';
import type { OutboundFrame, SendAnswer } from '../../../src/rpc/agent-stream/frames.ts';
import { responseOf } from '../../../src/rpc/agent-stream/typed-frames.ts';
import { encodeFrames } from '../../../src/rpc/grpc/encode-frames.ts';
import { grpcMessage } from '../../hostile/rig/grpc-call.ts';

/** Names of the contract are ASCII; the encoder does not know that. */
const name = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 200 }));
const time = fc.oneof(
  fc.constantFrom(0, 1, 999, 1_000, 127_000, 128_000),
  fc.integer({ min: 0, max: 253_402_300_799_999 }),
);

const lease: fc.Arbitrary<Lease> = fc.record(
  {
    deliveryId: name,
    attempt: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constant(2 ** 32 - 1)),
    redeliveredBecause: fc.constantFrom('lease_expired', 'holder_gone', 'rejected', 'bus_restarted'),
    leaseExpiresAt: time,
    acceptedAt: time,
    envelope: name.map((messageId) => toBinary(EnvelopeSchema, create(EnvelopeSchema, { messageId }))),
    messageId: name,
    sender: name,
    priority: fc.constant(2),
    tag: fc.constant(0),
  },
  {
    requiredKeys: [
      'deliveryId',
      'attempt',
      'leaseExpiresAt',
      'acceptedAt',
      'envelope',
      'messageId',
      'sender',
      'priority',
      'tag',
    ],
  },
);
const outcome: fc.Arbitrary<SendAnswer> = fc.record({
  messageId: name,
  duplicate: fc.boolean(),
  acceptedAt: time,
  recipients: fc.array(name, { maxLength: 4 }),
});
const refusal: fc.Arbitrary<SendAnswer> = fc.record({
  messageId: name,
  error: name.map((message) => create(ErrorStatusSchema, { code: 3, message })),
});
const settled = fc.record({ deliveryIds: fc.array(name), staleDeliveryIds: fc.array(name) });
const frame: fc.Arbitrary<OutboundFrame> = fc.oneof(
  settled.map((ids) => ({ case: 'settleResult' as const, value: create(SettleResultFrameSchema, ids) })),
  fc.array(lease, { maxLength: 5 }).map((value) => ({ case: 'delivery' as const, value })),
  fc.array(outcome, { maxLength: 5 }).map((value) => ({ case: 'sendResult' as const, value })),
  fc.array(fc.oneof(outcome, refusal), { maxLength: 5 }).map((value) => ({ case: 'sendResult' as const, value })),
  fc.constant({ case: 'heartbeat' as const, value: create(ServerHeartbeatSchema) }),
);

it('writes what the general encoder writes', () => {
  fc.assert(
    fc.property(fc.array(frame, { maxLength: 4 }), (frames) => {
      const expected = frames.map((one) => {
        return grpcMessage(toBinary(AgentStreamResponseSchema, responseOf(one, deliveryFromLease)));
      });
      expect(Buffer.from(encodeFrames(frames)).toString('hex')).toBe(Buffer.concat(expected).toString('hex'));
    }),
  );
});
