import type { Lease } from '../../engine/engine.ts';
import { redeliveryReasonOf } from '../agent-stream/conversions.ts';
import { WireWriter } from './wire-writer.ts';

/** Numbers of the fields, as the contract has them. */
const FRAME_FIELD = 2;
const DELIVERIES = 1;
const DELIVERY_ID = 1;
const ATTEMPT = 2;
const REDELIVERED_BECAUSE = 3;
const LEASE_EXPIRES_AT = 4;
const ACCEPTED_TIME = 5;
const MESSAGE = 6;

/** About what a delivery puts around its envelope. */
const OVERHEAD_BYTES = 80;

/** A DeliveryFrame, with the field that it is in. Envelopes are copied as they came. */
export function writeDeliveryFrame(writer: WireWriter, leases: readonly Lease[]): void {
  const end = writer.length;
  writeDeliveries(writer, leases);
  writer.message(FRAME_FIELD, end);
}

/** A ReceiveMessagesResponse, which has its deliveries where a frame has them. */
export function encodeDeliveries(leases: readonly Lease[]): Uint8Array {
  const writer = new WireWriter(deliveriesBytes(leases));
  writeDeliveries(writer, leases);
  return writer.finish();
}

/** About the bytes that deliveries take. */
export function deliveriesBytes(leases: readonly Lease[]): number {
  let bytes = 0;
  for (const { envelope } of leases) bytes += envelope.length + OVERHEAD_BYTES;
  return bytes;
}

function writeDeliveries(writer: WireWriter, leases: readonly Lease[]): void {
  for (let index = leases.length - 1; index >= 0; index--) writeDelivery(writer, leases[index] as Lease);
}

function writeDelivery(writer: WireWriter, lease: Lease): void {
  const end = writer.length;
  writer.bytes(MESSAGE, lease.envelope);
  writer.time(ACCEPTED_TIME, lease.acceptedAt);
  writer.time(LEASE_EXPIRES_AT, lease.leaseExpiresAt);
  writer.uint(REDELIVERED_BECAUSE, redeliveryReasonOf(lease));
  writer.uint(ATTEMPT, lease.attempt);
  writer.text(DELIVERY_ID, lease.deliveryId);
  writer.message(DELIVERIES, end);
}
