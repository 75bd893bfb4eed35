import type { IncomingMessage } from '../../bus/message/incoming.ts';
import type { ReceiveQuery } from '../message-calls.ts';
import { readAgentId, VISIBLE } from './characters.ts';
import { readDeliveryIds } from './delivery-ids.ts';
import { incomingFromBytes } from './incoming-from-bytes.ts';
import { WireReader } from './wire-reader.ts';

// Tags: the number of the field times 8, and how it is written.
const SEND_MESSAGE = 0x0a;
const ACKNOWLEDGE_AGENT_ID = 0x0a;
const ACKNOWLEDGE_DELIVERY_IDS = 0x12;
const RECEIVE_AGENT_ID = 0x0a;
const RECEIVE_INSTANCE_ID = 0x12;
const RECEIVE_MAX_MESSAGES = 0x18;
const RECEIVE_WAIT = 0x22;
const RECEIVE_LEASE = 0x2a;
const SECONDS = 0x08;
const NANOS = 0x10;

const INSTANCE_ID_CHARACTERS = 128;
const MOST_UINT32 = 2 ** 32 - 1;
const WAIT_SECONDS = { least: 0, most: 60 };
const LEASE_SECONDS = { least: 1, most: 3_600 };
const MOST_NANOS = 999_999_999;
const NANOS_PER_MS = 1_000_000;

/**
 * The message of an encoded SendMessageRequest that has nothing else, as {@link incomingFromBytes} reads it; undefined for all
 * that has to be decoded.
 */
export function messageOfSendRequest(bytes: Uint8Array, traceparent?: string): IncomingMessage | undefined {
  const reader = new WireReader(bytes);
  if (!reader.take(SEND_MESSAGE)) return undefined;
  const length = reader.skipBytes();
  return reader.done ? incomingFromBytes(bytes.subarray(reader.at - length), traceparent) : undefined;
}

/** What an encoded AcknowledgeMessagesRequest says if it keeps every rule; undefined for one that has to be decoded. */
export function acknowledgeRequestFromBytes(bytes: Uint8Array): { agentId: string; deliveryIds: string[] } | undefined {
  const reader = new WireReader(bytes);
  if (!reader.take(ACKNOWLEDGE_AGENT_ID)) return undefined;
  const agentId = readAgentId(reader);
  const deliveryIds = readDeliveryIds(reader, ACKNOWLEDGE_DELIVERY_IDS);
  return reader.done ? { agentId, deliveryIds } : undefined;
}

/** What an encoded ReceiveMessagesRequest says if it keeps every rule; undefined for one that has to be decoded. */
export function receiveQueryFromBytes(bytes: Uint8Array): ReceiveQuery | undefined {
  const reader = new WireReader(bytes);
  if (!reader.take(RECEIVE_AGENT_ID)) return undefined;
  const agentId = readAgentId(reader);
  const instanceId = reader.take(RECEIVE_INSTANCE_ID) ? reader.textOf(VISIBLE, INSTANCE_ID_CHARACTERS) : '';
  const maxMessages = reader.take(RECEIVE_MAX_MESSAGES) ? reader.number(MOST_UINT32) : 0;
  const waitMs = reader.take(RECEIVE_WAIT) ? readDurationMs(reader, WAIT_SECONDS) : 0;
  const leaseMs = reader.take(RECEIVE_LEASE) ? readDurationMs(reader, LEASE_SECONDS) : undefined;
  return reader.done ? { agentId, instanceId, maxMessages, waitMs, leaseMs } : undefined;
}

/** A length of time between two, in milliseconds as the decoder rounds them. */
function readDurationMs(
  reader: WireReader,
  { least, most }: { readonly least: number; readonly most: number },
): number {
  const outer = reader.enter();
  const seconds = reader.take(SECONDS) ? reader.number(most) : 0;
  const nanos = reader.take(NANOS) ? reader.number(MOST_NANOS) : 0;
  if (seconds < least || (seconds === most && nanos > 0)) reader.refuse();
  reader.leave(outer);
  return seconds * 1_000 + Math.round(nanos / NANOS_PER_MS);
}
