import { toBinary } from '@bufbuild/protobuf';
import { timestampMs } from '@bufbuild/protobuf/wkt';
import {
  DeliveryMode,
  type Envelope,
  EnvelopeSchema,
  type MessageState,
  MessageType,
  Priority,
  type Recipient,
} from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { TRACEPARENT } from '../valid-traceparent.ts';

/** The fields of an envelope that routing reads. */
export interface EnvelopeHead {
  readonly messageId: string;
  readonly sender: string;
  /** Empty for a message outside of sessions. */
  readonly sessionId: string;
  readonly recipient: Recipient['target'];
  readonly messageType: MessageType;
  /** Never unspecified. */
  readonly priority: Priority;
  readonly correlationId: string;
  readonly parentTaskId: string;
  readonly step: string;
  /** Never unspecified. */
  readonly deliveryMode: DeliveryMode;
  /** Milliseconds since the epoch; undefined for never. */
  readonly expiresAt: number | undefined;
  /** States that the sender wants to be told of. */
  readonly receipts: readonly MessageState[];
  /** Agents to ask when the recipient of a task fails. */
  readonly fallbackAgents: readonly string[];
  /** W3C Trace Context as the sender wrote it; empty for none. */
  readonly traceparent: string;
}

/**
 * A message on its way in: the head decides, the bytes are stored and forwarded
 * as they are. The whole envelope is only asked for where the content matters.
 */
export interface IncomingMessage {
  readonly head: EnvelopeHead;
  readonly bytes: Uint8Array;
  /** `traceparent` of the call that brought it, whatever it says. */
  readonly calledWithin: string | undefined;
  envelope(): Envelope;
}

/** Whether a message asks for a piece of work. */
export function isTaskRequest({ messageType }: EnvelopeHead): boolean {
  return messageType === MessageType.TASK_REQUEST;
}

/** Takes an envelope that was decoded (and validated) already; `traceparent` is that of the call it came with. */
export function incomingFromEnvelope(envelope: Envelope, traceparent?: string | null): IncomingMessage {
  const bytes = toBinary(EnvelopeSchema, envelope);
  return { head: headOf(envelope), bytes, envelope: () => envelope, calledWithin: traceparent ?? undefined };
}

function headOf(envelope: Envelope): EnvelopeHead {
  const { sender, recipient, routing } = envelope;
  return {
    messageId: envelope.messageId,
    sender: sender?.agentId ?? '',
    sessionId: sender?.sessionId ?? '',
    recipient: recipient?.target ?? { case: undefined },
    messageType: envelope.messageType,
    priority: envelope.priority || Priority.MEDIUM,
    correlationId: envelope.correlationId,
    parentTaskId: envelope.parentTaskId,
    step: envelope.step,
    deliveryMode: routing?.deliveryMode || DeliveryMode.ASYNC,
    receipts: routing?.receipts ?? [],
    fallbackAgents: routing?.fallbackAgents ?? [],
    traceparent: envelope.metadata[TRACEPARENT] ?? '',
    expiresAt: routing?.expiresAt && timestampMs(routing.expiresAt),
  };
}
