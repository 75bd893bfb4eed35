import type { JsonObject } from '@bufbuild/protobuf';
import { durationMs, timestampDate } from '@bufbuild/protobuf/wkt';
import { type Delivery, RedeliveryReason } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import type { Envelope, MessageType, Priority } from '../../../gen/ts/agentbus/v1/envelope_pb.js';

/** A message as its handler sees it. Absent words are empty strings. */
export interface IncomingMessage {
  readonly messageId: string;
  readonly type: MessageType;
  /** The agent that sent it. */
  readonly sender: string;
  /** The session it is part of; empty for none. */
  readonly sessionId: string;
  /** The message that it answers. */
  readonly correlationId: string;
  /** The task that caused it. */
  readonly parentTaskId: string;
  /** The workflow step it belongs to. */
  readonly step: string;
  readonly priority: Priority;
  /** The JSON content; an empty object if there is none. */
  readonly payload: JsonObject;
  /** The content if it is not JSON; `contentType` says what it is. */
  readonly data: Uint8Array | undefined;
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** When the sender made it, by the sender's clock. */
  readonly sentAt: Date | undefined;
  /** When the bus had it on disk, by the clock of the bus. */
  readonly acceptedAt: Date | undefined;
  /** Time that the sender gives one attempt of a task. */
  readonly timeoutMs: number | undefined;
  /** Which delivery of the message this is, counted from 1. */
  readonly attempt: number;
  /** Whether it may have been handled before, by this process or another. */
  readonly redelivered: boolean;
}

/** A task as its handler sees it. */
export interface IncomingTask extends IncomingMessage {
  /**
   * Name of the task for this agent: the id of the message that asked for it. A message that went to several agents made
   * several tasks, which the bus tells apart by who speaks of them.
   */
  readonly taskId: string;
}

/** Makes the plain form of a delivery. */
export function toIncomingMessage(delivery: Delivery, message: Envelope): IncomingMessage {
  const {
    messageId,
    messageType: type,
    correlationId,
    parentTaskId,
    step,
    priority,
    metadata,
    contentType,
    content,
  } = message;
  return {
    messageId,
    type,
    sender: message.sender?.agentId ?? '',
    sessionId: message.sender?.sessionId ?? '',
    correlationId,
    parentTaskId,
    step,
    priority,
    payload: content.case === 'payload' ? content.value : {},
    data: content.case === 'data' ? content.value : undefined,
    contentType,
    metadata,
    sentAt: message.timestamp && timestampDate(message.timestamp),
    acceptedAt: delivery.acceptedTime && timestampDate(delivery.acceptedTime),
    timeoutMs: message.routing?.timeout && durationMs(message.routing.timeout),
    attempt: delivery.attempt,
    redelivered: delivery.redeliveredBecause !== RedeliveryReason.UNSPECIFIED,
  };
}
