import { MessageType, Priority } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { BusError } from '../bus-error.ts';
import type { Span, SpanAttributes, Tracer } from '../tracer.ts';
import { validTraceparent } from '../valid-traceparent.ts';
import type { EnvelopeHead, IncomingMessage } from './incoming.ts';
import type { KnownTraces } from './known-traces.ts';
import type { SendOutcome } from './messages.ts';
import { messageAttributes } from './trace-attributes.ts';

/** Tells a tracer how messages are accepted. What it is handed runs as it would without it. */
export interface SendTraces {
  /** Whether anybody wants to know. */
  readonly enabled: boolean;
  /** The whole of it, from the call to the disk. */
  send(message: IncomingMessage, accept: () => Promise<SendOutcome>): Promise<SendOutcome>;
  /** Where it goes is decided, within `send` of the same message. */
  route<Decision extends Pick<SendOutcome, 'recipients'>>(message: IncomingMessage, decide: () => Decision): Decision;
}

/** For a bus that nobody wants traces of. */
const NO_SEND_TRACES: SendTraces = {
  enabled: false,
  send: (_message, accept) => accept(),
  route: (_message, decide) => decide(),
};

export interface SendTracesOptions {
  readonly tracer: Tracer;
  /** Told of messages that carry no trace of their own, so that their deliveries find one. */
  readonly knownTraces: Pick<KnownTraces, 'add'>;
}

export function createSendTraces({ tracer, knownTraces }: SendTracesOptions): SendTraces {
  if (!tracer.enabled) return NO_SEND_TRACES;
  const sending = new WeakMap<IncomingMessage, Span>();
  return {
    enabled: true,
    async send(message, accept) {
      const { head } = message;
      const parent = validTraceparent(head.traceparent) ?? validTraceparent(message.calledWithin);
      const span = tracer.start('send', { parent, attributes: sendAttributes(message) });
      sending.set(message, span);
      try {
        const outcome = await accept();
        span.end({ attributes: { 'agentbus.duplicate': outcome.duplicate, [RECIPIENTS]: outcome.recipients } });
        return outcome;
      } catch (error) {
        span.end({ error: wordOf(error) });
        throw error;
      }
    },
    route(message, decide) {
      const { head } = message;
      const parent = sending.get(message)?.traceparent;
      const span = tracer.start('route', { parent, attributes: messageAttributes('route', tracedMessage(head)) });
      try {
        const decision = decide();
        span.end({ attributes: { [RECIPIENTS]: decision.recipients } });
        if (parent !== undefined && validTraceparent(head.traceparent) === undefined) knownTraces.add(head, parent);
        return decision;
      } catch (error) {
        span.end({ error: wordOf(error) });
        throw error;
      }
    },
  };
}

const RECIPIENTS = 'agentbus.recipients';

function sendAttributes({ head, bytes }: IncomingMessage): SpanAttributes {
  const { correlationId, sessionId, messageType, priority } = head;
  return {
    ...messageAttributes('send', tracedMessage(head)),
    'messaging.message.envelope.size': bytes.length,
    'agentbus.message_type': MessageType[messageType],
    'agentbus.priority': Priority[priority],
    ...(correlationId !== '' && { 'messaging.message.conversation_id': correlationId }),
    ...(sessionId !== '' && { 'agentbus.session_id': sessionId }),
  };
}

function tracedMessage({ sender, messageId, recipient }: EnvelopeHead) {
  return { sender, messageId, destination: destinationOf(recipient) };
}

/** Those who are meant, as the sender said it: an agent by its id, others by how they are found. */
function destinationOf(recipient: EnvelopeHead['recipient']): string {
  switch (recipient.case) {
    case 'agentId':
      return recipient.value;
    case 'role':
    case 'capability':
      return `${recipient.case}:${recipient.value}`;
    case 'allParticipants':
      return 'all_participants';
    case undefined:
      return '';
  }
}

/** The reason of a refusal; what else goes wrong is a fault of the bus or its store. */
function wordOf(error: unknown): string {
  if (error instanceof BusError) return error.reason;
  return error instanceof Error ? error.name : 'unknown';
}
