import { fromBinary } from '@bufbuild/protobuf';
import {
  DeliveryMode,
  type Envelope,
  EnvelopeSchema,
  MessageType,
  Priority,
} from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import type { EnvelopeHead, IncomingMessage } from '../../bus/message/incoming.ts';
import { TRACEPARENT } from '../../bus/valid-traceparent.ts';
import type { Submission } from '../agent-stream/frames.ts';
import { isFrameworkOf, readAgentId, readSessionId, VISIBLE } from './characters.ts';
import { MapKeys } from './map-keys.ts';
import { type RoutingHead, readRouting, readTimestamp } from './routing-from-bytes.ts';
import { walkStruct } from './struct-walk.ts';
import { WireReader } from './wire-reader.ts';

// Tags: the number of the field times 8, and how it is written.
const MESSAGE_ID = 0x0a;
const SENDER = 0x12;
const RECIPIENT = 0x1a;
const MESSAGE_TYPE = 0x20;
const PRIORITY = 0x28;
const CORRELATION_ID = 0x32;
const PARENT_TASK_ID = 0x3a;
const STEP = 0x42;
const ROUTING = 0x4a;
const TIMESTAMP = 0x52;
const METADATA = 0x5a;
const CONTENT_TYPE = 0x62;
const PAYLOAD = 0x72;
const DATA = 0x7a;

const MESSAGE_ID_CHARACTERS = 128;
const TASK_ID_CHARACTERS = 136;
const STEP_BYTES = 128;
const CONTENT_TYPE_BYTES = 255;
const LAST_MESSAGE_TYPE = MessageType.NOTIFICATION;
const LAST_PRIORITY = Priority.CRITICAL;

/**
 * The message of an encoded Envelope, read without decoding it: the head is, and the rest is gone over. Gives undefined unless
 * it is certain that the envelope decodes, keeps every rule of the contract, has a JSON form, has this very head, and is
 * encoded as the bus would encode it. What is undefined is decoded by the caller, who finds out what is wrong, if anything is:
 * fields in another order, fields that the contract does not know, or objects of dozens of keys are not.
 *
 * The message keeps the bytes, which nobody changes afterwards. `traceparent` is that of the call it came with.
 */
export function incomingFromBytes(bytes: Uint8Array, traceparent?: string): IncomingMessage | undefined {
  const reader = new WireReader(bytes);
  const head = readHead(reader);
  return reader.done ? new ReadMessage(head, bytes, traceparent) : undefined;
}

/** A message whose head was read from its bytes by {@link readHead}, and which keeps the rules. */
export class ReadMessage implements IncomingMessage, Submission {
  readonly head: EnvelopeHead;
  readonly bytes: Uint8Array;
  readonly calledWithin: string | undefined;
  #envelope: Envelope | undefined;

  constructor(head: EnvelopeHead, bytes: Uint8Array, traceparent?: string) {
    this.head = head;
    this.bytes = bytes;
    this.calledWithin = traceparent;
  }

  get messageId(): string {
    return this.head.messageId;
  }

  open(): this {
    return this;
  }

  /** Decoded when it is asked for, once. */
  envelope(): Envelope {
    this.#envelope ??= fromBinary(EnvelopeSchema, this.bytes);
    return this.#envelope;
  }
}

const NO_ROUTING: RoutingHead = { deliveryMode: 0, receipts: [], fallbackAgents: [], expiresAt: undefined };

/**
 * Reads an envelope to its end, for callers that are in the middle of what it is a part of; it means something only if the
 * reader could read all of it. In the order of the contract, which is that of the fields' numbers.
 */
export function readHead(reader: WireReader): EnvelopeHead {
  const messageId = reader.take(MESSAGE_ID) ? reader.textOf(VISIBLE, MESSAGE_ID_CHARACTERS) : missing(reader);
  if (!reader.take(SENDER)) reader.refuse();
  // Of the sender's two texts the second is seldom there: they are read here, and not as an object.
  const aroundSender = reader.enter();
  const sender = readSender(reader);
  const sessionId = reader.take(SENDER_SESSION_ID) ? readSessionId(reader) : '';
  reader.leave(aroundSender);
  if (!reader.take(RECIPIENT)) reader.refuse();
  const recipient = readRecipient(reader);
  if (!reader.take(MESSAGE_TYPE)) reader.refuse();
  const messageType: MessageType = reader.number(LAST_MESSAGE_TYPE);
  const priority: Priority = reader.take(PRIORITY) ? reader.number(LAST_PRIORITY) : Priority.MEDIUM;
  const correlationId = reader.take(CORRELATION_ID) ? reader.textOf(VISIBLE, TASK_ID_CHARACTERS) : '';
  const parentTaskId = reader.take(PARENT_TASK_ID) ? reader.textOf(VISIBLE, TASK_ID_CHARACTERS) : '';
  const step = reader.take(STEP) ? reader.text(STEP_BYTES) : '';
  const { deliveryMode, receipts, fallbackAgents, expiresAt } = reader.take(ROUTING) ? readRouting(reader) : NO_ROUTING;
  if (reader.take(TIMESTAMP)) readTimestamp(reader);
  const traceparent = reader.take(METADATA) ? readMetadata(reader) : '';
  if (reader.take(CONTENT_TYPE) && reader.skipText(CONTENT_TYPE_BYTES) === 0) reader.refuse();
  if (reader.take(PAYLOAD)) walkStruct(reader);
  else if (reader.take(DATA)) reader.skipBytes();
  return {
    messageId,
    sender,
    sessionId,
    recipient,
    messageType,
    priority,
    correlationId,
    parentTaskId,
    step,
    deliveryMode: (deliveryMode || DeliveryMode.ASYNC) as DeliveryMode,
    receipts,
    fallbackAgents,
    traceparent,
    expiresAt,
  };
}

function missing(reader: WireReader): string {
  reader.refuse();
  return '';
}

const SENDER_AGENT_ID = 0x0a;
const SENDER_FRAMEWORK = 0x12;
const SENDER_SESSION_ID = 0x1a;

/** The agent of a Sender, which is up to its session then. */
function readSender(reader: WireReader): string {
  const agentId = reader.take(SENDER_AGENT_ID) ? readAgentId(reader) : missing(reader);
  if (reader.take(SENDER_FRAMEWORK)) requireFramework(reader, agentId);
  return agentId;
}

const AGENT_ID = 0x0a;
const FRAMEWORK = 0x12;
const ROLE = 0x1a;
const CAPABILITY = 0x22;
const ALL_PARTICIPANTS = 0x28;

const ROLE_BYTES = 64;
const CAPABILITY_BYTES = 128;

function readRecipient(reader: WireReader): EnvelopeHead['recipient'] {
  const outer = reader.enter();
  const target = readTarget(reader);
  reader.leave(outer);
  return target;
}

function readTarget(reader: WireReader): EnvelopeHead['recipient'] {
  if (reader.take(AGENT_ID)) {
    const value = readAgentId(reader);
    if (reader.take(FRAMEWORK)) requireFramework(reader, value);
    return { case: 'agentId', value };
  }
  if (reader.take(ROLE)) return { case: 'role', value: reader.text(ROLE_BYTES) };
  if (reader.take(CAPABILITY)) return { case: 'capability', value: reader.text(CAPABILITY_BYTES) };
  if (reader.take(ALL_PARTICIPANTS)) return { case: 'allParticipants', value: reader.number(1) === 1 };
  reader.refuse();
  return { case: undefined };
}

const FRAMEWORK_CHARACTERS = 128;

function requireFramework(reader: WireReader, agentId: string): void {
  if (!isFrameworkOf(reader.text(FRAMEWORK_CHARACTERS), agentId)) reader.refuse();
}

const ENTRY_KEY = 0x0a;
const ENTRY_VALUE = 0x12;
const METADATA_KEY_BYTES = 128;
const METADATA_VALUE_BYTES = 4_096;

/** Goes over the entries of `metadata`, the first of which begins here, for the trace context among them. At most 64, as MapKeys has it. */
function readMetadata(reader: WireReader): string {
  const keys = new MapKeys();
  let traceparent = '';
  do {
    const outer = reader.enter();
    if (!reader.take(ENTRY_KEY)) reader.refuse();
    const place = reader.at;
    const key = reader.text(METADATA_KEY_BYTES);
    keys.add(reader, place);
    if (!reader.take(ENTRY_VALUE)) reader.refuse();
    if (key === TRACEPARENT) traceparent = reader.anyText(METADATA_VALUE_BYTES);
    else reader.skipText(METADATA_VALUE_BYTES);
    reader.leave(outer);
  } while (reader.ok && reader.take(METADATA));
  return traceparent;
}
