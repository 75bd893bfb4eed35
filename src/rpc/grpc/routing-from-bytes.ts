import { MessageState } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { readAgentId } from './characters.ts';
import type { WireReader } from './wire-reader.ts';

/** What a head has of the routing of a message. */
export interface RoutingHead {
  /** 0 if there is none. */
  readonly deliveryMode: number;
  readonly receipts: readonly MessageState[];
  readonly fallbackAgents: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expiresAt: number | undefined;
}

// Tags: the number of the field times 8, and how it is written.
const TIMEOUT = 0x0a;
const RETRY_POLICY = 0x12;
const FALLBACK_AGENT = 0x1a;
const DELIVERY_MODE = 0x20;
const EXPIRES_AT = 0x2a;
const RECEIPTS = 0x32;
const REPLY_MODE = 0x38;
const SECONDS = 0x08;
const NANOS = 0x10;
const MAX_RETRIES = 0x08;
const BACKOFF = 0x10;
const INITIAL_DELAY = 0x1a;
const MAX_DELAY = 0x22;

const LONGEST_TIMEOUT_SECONDS = 604_800;
const LONGEST_DELAY_SECONDS = 86_400;
const MOST_RETRIES = 100;
const MOST_FALLBACK_AGENTS = 16;
const LAST_DELIVERY_MODE = 2;
const LAST_REPLY_MODE = 2;
const LAST_BACKOFF = 3;
const LAST_STATE = MessageState.WITHDRAWN;
/** 9999-12-31T23:59:59Z; the moments before 1970 are refused here. */
const LAST_SECOND = 253_402_300_799;
const MOST_NANOS = 999_999_999;
const NANOS_PER_MS = 1_000_000;

/** Reads the Routing of an envelope. */
export function readRouting(reader: WireReader): RoutingHead {
  const outer = reader.enter();
  if (reader.take(TIMEOUT) && !walkDuration(reader, LONGEST_TIMEOUT_SECONDS)) reader.refuse();
  if (reader.take(RETRY_POLICY)) walkRetryPolicy(reader);
  const fallbackAgents: string[] = [];
  while (reader.ok && reader.take(FALLBACK_AGENT)) addOnce(reader, fallbackAgents, readAgentId(reader));
  if (fallbackAgents.length > MOST_FALLBACK_AGENTS) reader.refuse();
  const deliveryMode = reader.take(DELIVERY_MODE) ? reader.number(LAST_DELIVERY_MODE) : 0;
  const expiresAt = reader.take(EXPIRES_AT) ? readTimestamp(reader) : undefined;
  const receipts = reader.take(RECEIPTS) ? readReceipts(reader) : [];
  if (reader.take(REPLY_MODE)) reader.number(LAST_REPLY_MODE);
  reader.leave(outer);
  return { deliveryMode, receipts, fallbackAgents, expiresAt };
}

/** A moment in milliseconds since the epoch. */
export function readTimestamp(reader: WireReader): number {
  const outer = reader.enter();
  const seconds = reader.take(SECONDS) ? reader.number(LAST_SECOND) : 0;
  const nanos = reader.take(NANOS) ? reader.number(MOST_NANOS) : 0;
  reader.leave(outer);
  return seconds * 1_000 + Math.round(nanos / NANOS_PER_MS);
}

/** Goes over a length of time from nothing to a longest one; true if it is more than nothing. */
function walkDuration(reader: WireReader, longestSeconds: number): boolean {
  const outer = reader.enter();
  const seconds = reader.take(SECONDS) ? reader.number(longestSeconds) : 0;
  const nanos = reader.take(NANOS) ? reader.number(MOST_NANOS) : 0;
  if (seconds === longestSeconds && nanos > 0) reader.refuse();
  reader.leave(outer);
  return seconds + nanos > 0;
}

function walkRetryPolicy(reader: WireReader): void {
  const outer = reader.enter();
  if (reader.take(MAX_RETRIES)) reader.number(MOST_RETRIES);
  if (reader.take(BACKOFF)) reader.number(LAST_BACKOFF);
  if (reader.take(INITIAL_DELAY)) walkDuration(reader, LONGEST_DELAY_SECONDS);
  if (reader.take(MAX_DELAY)) walkDuration(reader, LONGEST_DELAY_SECONDS);
  reader.leave(outer);
}

/** States one behind the other; each once, so that there are never more than there are states. */
function readReceipts(reader: WireReader): MessageState[] {
  const receipts: MessageState[] = [];
  const outer = reader.enter();
  if (reader.at === reader.end) reader.refuse();
  while (reader.ok && reader.at < reader.end) addOnce(reader, receipts, reader.number(LAST_STATE) as MessageState);
  reader.leave(outer);
  return receipts;
}

function addOnce<Item>(reader: WireReader, items: Item[], item: Item): void {
  if (items.includes(item)) reader.refuse();
  items.push(item);
}
