import { create, type JsonObject, toBinary } from '@bufbuild/protobuf';
import { durationFromMs, timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type Backoff,
  type DeliveryMode,
  type Envelope,
  EnvelopeSchema,
  type MessageState,
  type MessageType,
  type Priority,
  type Recipient,
  ReplyMode,
  type Routing,
  RoutingSchema,
} from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { checkPayload } from './check-payload.ts';
import { CLIENT_LIMITS } from './client-limits.ts';
import { defined } from './defined.ts';
import { AgentbusError } from './errors.ts';

/** Who is to get a message: an agent id, or everybody a description fits. */
export type Address =
  | string
  | { readonly role: string }
  | { readonly capability: string }
  | { readonly allParticipants: true };

/** What a message says: a JSON object, or bytes of a media type, or nothing. */
export type Content =
  | { readonly payload?: JsonObject; readonly data?: never; readonly contentType?: never }
  | { readonly data: Uint8Array; readonly contentType: string; readonly payload?: never };

/** How often and when a failed attempt of a task is repeated. */
export interface RetryOptions {
  /** Attempts after the first, 0 to 100. */
  readonly maxRetries: number;
  /** How the wait grows. Default `Backoff.NONE`. */
  readonly backoff?: Backoff;
  /** Wait before the first retry. Default 1,000. */
  readonly initialDelayMs?: number;
  /** Longest wait. Default 60,000. */
  readonly maxDelayMs?: number;
}

/** What every message may carry besides its content. */
export interface MessageOptions {
  /** The session it is part of. Default: none. */
  readonly sessionId?: string;
  /** Default `Priority.MEDIUM`. */
  readonly priority?: Priority;
  /** The message that this one answers. */
  readonly correlationId?: string;
  /** The task that caused this one. */
  readonly parentTaskId?: string;
  /** The workflow step it belongs to. Default: the workflow chooses. */
  readonly step?: string;
  /** Time for one attempt of a task; at most 7 days. Default: no bound. */
  readonly timeoutMs?: number;
  /** Default: no retry. */
  readonly retry?: RetryOptions;
  /** Agents to ask in turn when attempts are exhausted; at most 16. */
  readonly fallbackAgents?: readonly string[];
  /** When the message loses its use. Default: never. */
  readonly expiresAt?: Date;
  /**
   * Turns in the life of the message that an agent is told of by its `onReceipt`, each at most once. Only agents hear of
   * them: an orchestrator asks `messageStatus`. Default: none.
   */
  readonly receipts?: readonly MessageState[];
  /**
   * Where the answer to a task, reports of its progress and the bus's own news about it go: into the mailbox of whoever asked as
   * well, or only to those who follow the session or ask for the task. Default `mailbox`, unless it is said otherwise.
   */
  readonly replies?: 'mailbox' | 'session';
  /** Words about the message; `traceparent` carries W3C Trace Context. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A message on its way out. */
export type OutgoingMessage = MessageOptions &
  Content & {
    readonly to: Address;
    readonly type: MessageType;
    /**
     * Name of the message. Default: a new one. A sender that names its messages itself can repeat
     * them after a crash: the bus takes the repetition for a duplicate. For that reason such a
     * message is not stamped with the time.
     */
    readonly messageId?: string;
  };

/** Whether the call that sends a message waits for its answer; streams cannot. */
export interface WaitingMode {
  readonly deliveryMode?: DeliveryMode;
}

/** Who sends, when, and the id for a message that has none. */
export interface Stamp {
  readonly agentId: string;
  readonly messageId: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** A message as it goes out, each time with the same bytes. */
export interface EncodedMessage {
  readonly messageId: string;
  /** The encoded envelope. */
  readonly bytes: Uint8Array;
}

/**
 * Encodes a message once for all its sendings. Throws INVALID_ARGUMENT for what is no message, and MESSAGE_TOO_LARGE above the
 * contract's bound.
 */
export function encodeMessage(message: OutgoingMessage & WaitingMode, stamp: Stamp): EncodedMessage {
  try {
    const envelope = toEnvelope(message, stamp);
    return { messageId: envelope.messageId, bytes: encodeEnvelope(envelope) };
  } catch (thrown) {
    if (thrown instanceof AgentbusError) throw thrown;
    const what = thrown instanceof Error ? thrown.message : String(thrown);
    throw new AgentbusError({ code: 'INVALID_ARGUMENT', message: `no message: ${what}`, cause: thrown });
  }
}

function toEnvelope(message: OutgoingMessage & WaitingMode, stamp: Stamp): Envelope {
  const envelope = defined({
    messageId: message.messageId ?? stamp.messageId,
    sender: defined({ agentId: stamp.agentId, sessionId: message.sessionId }),
    recipient: { target: targetOf(message.to) },
    messageType: message.type,
    priority: message.priority,
    correlationId: message.correlationId,
    parentTaskId: message.parentTaskId,
    step: message.step,
    routing: routingOf(message),
    timestamp: message.messageId === undefined ? timestampFromDate(new Date(stamp.now)) : undefined,
    metadata: message.metadata,
    contentType: message.contentType,
    content: contentOf(message),
  });
  return create(EnvelopeSchema, envelope);
}

function encodeEnvelope(envelope: Envelope): Uint8Array {
  const bytes = toBinary(EnvelopeSchema, envelope);
  const limit = CLIENT_LIMITS.maxEnvelopeBytes;
  if (bytes.byteLength <= limit) return bytes;
  throw new AgentbusError({
    code: 'RESOURCE_EXHAUSTED',
    reason: 'MESSAGE_TOO_LARGE',
    message: `message ${envelope.messageId} has ${bytes.byteLength} bytes, more than ${limit}: pass large things by reference`,
    facts: { limit: String(limit), actual: String(bytes.byteLength) },
  });
}

function targetOf(to: Address): Recipient['target'] {
  if (typeof to === 'string') return { case: 'agentId', value: to };
  if ('role' in to) return { case: 'role', value: to.role };
  if ('capability' in to) return { case: 'capability', value: to.capability };
  return { case: 'allParticipants', value: true };
}

function contentOf({ payload, data }: Content): Envelope['content'] {
  if (payload !== undefined) {
    checkPayload(payload);
    return { case: 'payload', value: payload };
  }
  return data === undefined ? { case: undefined } : { case: 'data', value: data };
}

const REPLY_MODES = { mailbox: ReplyMode.MAILBOX, session: ReplyMode.SESSION } as const;

function routingOf(message: MessageOptions & WaitingMode): Routing | undefined {
  const { timeoutMs, retry, fallbackAgents, deliveryMode, expiresAt, receipts, replies } = message;
  const routing = defined({
    timeout: optionalDuration(timeoutMs),
    retryPolicy:
      retry &&
      defined({
        maxRetries: retry.maxRetries,
        backoff: retry.backoff,
        initialDelay: optionalDuration(retry.initialDelayMs),
        maxDelay: optionalDuration(retry.maxDelayMs),
      }),
    fallbackAgents: fallbackAgents && [...fallbackAgents],
    deliveryMode,
    expiresAt: expiresAt && timestampFromDate(expiresAt),
    receipts: receipts && [...receipts],
    replyMode: replies && REPLY_MODES[replies],
  });
  return Object.keys(routing).length === 0 ? undefined : create(RoutingSchema, routing);
}

function optionalDuration(ms: number | undefined) {
  return ms === undefined ? undefined : durationFromMs(ms);
}
