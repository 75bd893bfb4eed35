import { create, fromBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type Delivery, DeliverySchema, RedeliveryReason } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import { EnvelopeSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Lease, RedeliveryReason as LeaseReason } from '../../engine/engine.ts';

const REASONS: Readonly<Record<LeaseReason, RedeliveryReason>> = {
  lease_expired: RedeliveryReason.LEASE_EXPIRED,
  holder_gone: RedeliveryReason.STREAM_CLOSED,
  rejected: RedeliveryReason.REJECTED,
  bus_restarted: RedeliveryReason.BUS_RESTARTED,
};

/** A lease as the contract shows it, the envelope decoded: for whoever reads it or writes it as JSON. */
export function deliveryFromLease(lease: Lease): Delivery {
  const delivery = deliveryWithoutMessage(lease);
  delivery.message = fromBinary(EnvelopeSchema, lease.envelope);
  return delivery;
}

/**
 * The same for a binary codec alone: the envelope's bytes stand where its field
 * belongs, so that they are copied instead of being decoded and encoded again, which
 * costs many times as much as everything else about a delivery.
 */
export function sealedDeliveryFromLease(lease: Lease): Delivery {
  const delivery = deliveryWithoutMessage(lease);
  const data = new BinaryWriter().bytes(lease.envelope).finish();
  delivery.$unknown = [{ no: DeliverySchema.field.message.number, wireType: WireType.LengthDelimited, data }];
  return delivery;
}

/** Why a message is delivered again, as the contract says it. */
export function redeliveryReasonOf({ redeliveredBecause }: Lease): RedeliveryReason {
  return redeliveredBecause === undefined ? RedeliveryReason.UNSPECIFIED : REASONS[redeliveredBecause];
}

function deliveryWithoutMessage(lease: Lease): Delivery {
  const { deliveryId, attempt, leaseExpiresAt, acceptedAt } = lease;
  return create(DeliverySchema, {
    deliveryId,
    attempt,
    redeliveredBecause: redeliveryReasonOf(lease),
    leaseExpiresAt: timestampFromMs(leaseExpiresAt),
    acceptedTime: timestampFromMs(acceptedAt),
  });
}
