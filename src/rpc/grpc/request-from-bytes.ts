import type { IncomingMessage } from '../../bus/message/incoming.ts';
import { readAgentId } from './characters.ts';
import { readDeliveryIds } from './delivery-ids.ts';
import { incomingFromBytes } from './incoming-from-bytes.ts';
import { WireReader } from './wire-reader.ts';

// Tags: the number of the field times 8, and how it is written.
const SEND_MESSAGE = 0x0a;
const ACKNOWLEDGE_AGENT_ID = 0x0a;
const ACKNOWLEDGE_DELIVERY_IDS = 0x12;

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
