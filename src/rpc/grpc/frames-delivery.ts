import type { Lease } from '../../engine/engine.ts';
import { redeliveryReasonOf } from '../agent-stream/conversions.ts';
import type { SizedFrame } from './encode-frames.ts';
import { createWireWriter, messageSize, textSize, timeSize, uintSize, type WireWriter } from './wire-writer.ts';

/** Numbers of the fields, as the contract has them. */
const FRAME_FIELD = 2;
const DELIVERIES = 1;
const DELIVERY_ID = 1;
const ATTEMPT = 2;
const REDELIVERED_BECAUSE = 3;
const LEASE_EXPIRES_AT = 4;
const ACCEPTED_TIME = 5;
const MESSAGE = 6;

/** A DeliveryFrame. Envelopes are copied as they came. */
export function deliveryFrame(leases: readonly Lease[]): SizedFrame {
  return { field: FRAME_FIELD, size: deliveriesSize(leases), write: (writer) => writeDeliveries(writer, leases) };
}

/** A ReceiveMessagesResponse, which has its deliveries where a frame has them. */
export function encodeDeliveries(leases: readonly Lease[]): Uint8Array {
  const buffer = Buffer.allocUnsafe(deliveriesSize(leases));
  writeDeliveries(createWireWriter(buffer), leases);
  return buffer;
}

function deliveriesSize(leases: readonly Lease[]): number {
  let size = 0;
  for (const lease of leases) size += messageSize(deliverySize(lease));
  return size;
}

function writeDeliveries(writer: WireWriter, leases: readonly Lease[]): void {
  for (const lease of leases) {
    writer.message(DELIVERIES, deliverySize(lease));
    writer.text(DELIVERY_ID, lease.deliveryId);
    writer.uint(ATTEMPT, lease.attempt);
    writer.uint(REDELIVERED_BECAUSE, redeliveryReasonOf(lease));
    writer.time(LEASE_EXPIRES_AT, lease.leaseExpiresAt);
    writer.time(ACCEPTED_TIME, lease.acceptedAt);
    writer.bytes(MESSAGE, lease.envelope);
  }
}

function deliverySize(lease: Lease): number {
  return (
    textSize(lease.deliveryId) +
    uintSize(lease.attempt) +
    uintSize(redeliveryReasonOf(lease)) +
    timeSize(lease.leaseExpiresAt) +
    timeSize(lease.acceptedAt) +
    messageSize(lease.envelope.length)
  );
}
