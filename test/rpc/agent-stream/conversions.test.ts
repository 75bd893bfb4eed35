/** Goal: a delivery says what its lease says, however it is written. Method: both ways of making one, compared on the wire. */
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { expect, it } from 'vitest';
import { DeliverySchema, RedeliveryReason } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import { EnvelopeSchema, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Lease } from '../../../src/engine/engine.ts';
import { deliveryFromLease, sealedDeliveryFromLease } from '../../../src/rpc/agent-stream/conversions.ts';

const envelope = create(EnvelopeSchema, {
  messageId: 'm-1',
  messageType: MessageType.NOTIFICATION,
  content: { case: 'payload', value: { text: 'x'.repeat(300) } },
});
const lease: Lease = {
  deliveryId: 'd-1',
  attempt: 2,
  redeliveredBecause: 'holder_gone',
  leaseExpiresAt: 1_767_225_630_500,
  sender: 'codex://a',
  messageId: 'm-1',
  priority: 2,
  tag: 0,
  acceptedAt: 1_767_225_600_000,
  envelope: toBinary(EnvelopeSchema, envelope),
};

it('a delivery shows its lease', () => {
  expect(deliveryFromLease(lease)).toEqual(
    create(DeliverySchema, {
      deliveryId: 'd-1',
      attempt: 2,
      redeliveredBecause: RedeliveryReason.STREAM_CLOSED,
      leaseExpiresAt: timestampFromMs(1_767_225_630_500),
      acceptedTime: timestampFromMs(1_767_225_600_000),
      message: envelope,
    }),
  );
});

it('a delivery with the envelope as it came is the same on the wire', () => {
  const sealed = fromBinary(DeliverySchema, toBinary(DeliverySchema, sealedDeliveryFromLease(lease)));
  expect(sealed).toEqual(deliveryFromLease(lease));
});
