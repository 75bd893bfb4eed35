import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  type AgentStreamRequest,
  AgentStreamRequestSchema,
  type AgentStreamResponse,
  AgentStreamResponseSchema,
  DeliveryFrameSchema,
  type SendResult,
  SendResultFrameSchema,
  SendResultSchema,
  SessionEventFrameSchema,
} from '../../../gen/ts/agentbus/v1/agent_stream_pb.js';
import type { Delivery } from '../../../gen/ts/agentbus/v1/delivery_pb.js';
import { type Envelope, EnvelopeSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { BusError } from '../../bus/bus-error.ts';
import { incomingFromEnvelope } from '../../bus/message/incoming.ts';
import type { Lease } from '../../engine/engine.ts';
import { STREAM_LIMITS } from '../../limits.ts';
import { validateMessage, validateRules } from '../validate.ts';
import type { Arrival, InboundFrame, OutboundFrame, SendAnswer, Submission } from './frames.ts';

/** A decoded frame as the stream takes it. */
export function arrivalOf(request: AgentStreamRequest): Arrival {
  const { frame } = request;
  return {
    name: frame.case ?? '',
    sessionId: frame.case === 'watch' ? frame.value.sessionId : '',
    units: unitsOf(request),
    read: () => inboundFrame(request),
  };
}

function unitsOf({ frame }: AgentStreamRequest): number {
  switch (frame.case) {
    case 'send':
      return unitsOfMessages(frame.value.messages.length);
    case 'ack':
    case 'reject':
    case 'extend':
      return unitsOfIds(frame.value.deliveryIds.length);
    default:
      return 1;
  }
}

/** What a frame with so many messages costs of a turn. */
export function unitsOfMessages(count: number): number {
  return 1 + count;
}

/** The same with so many ids of deliveries. */
export function unitsOfIds(count: number): number {
  return 1 + count / STREAM_LIMITS.idsPerUnit;
}

function inboundFrame(request: AgentStreamRequest): InboundFrame {
  const { frame } = request;
  if (frame.case === 'send') {
    // Each message is checked by itself when it is opened: one that is refused leaves the others alone.
    validateRules(AgentStreamRequestSchema, request);
    return { case: 'send', value: frame.value.messages.map(submissionOf) };
  }
  validateMessage(AgentStreamRequestSchema, request);
  if (frame.case === undefined) throw new BusError('MALFORMED_REQUEST', 'the frame is of no kind that is known here');
  return frame;
}

function submissionOf(envelope: Envelope): Submission {
  return {
    messageId: envelope.messageId,
    open() {
      validateMessage(EnvelopeSchema, envelope);
      return incomingFromEnvelope(envelope);
    },
  };
}

/** A frame as a typed codec writes it. `deliveryOf` is the codec's way to show a lease. */
export function responseOf(frame: OutboundFrame, deliveryOf: (lease: Lease) => Delivery): AgentStreamResponse {
  return create(AgentStreamResponseSchema, { frame: typedFrame(frame, deliveryOf) });
}

function typedFrame(frame: OutboundFrame, deliveryOf: (lease: Lease) => Delivery): AgentStreamResponse['frame'] {
  switch (frame.case) {
    case 'delivery':
      return { case: 'delivery', value: create(DeliveryFrameSchema, { deliveries: frame.value.map(deliveryOf) }) };
    case 'sendResult':
      return { case: 'sendResult', value: create(SendResultFrameSchema, { results: frame.value.map(resultOf) }) };
    case 'sessionEvent':
      return { case: 'sessionEvent', value: create(SessionEventFrameSchema, { events: [...frame.value] }) };
    default:
      return frame;
  }
}

function resultOf(answer: SendAnswer): SendResult {
  const { messageId } = answer;
  if ('error' in answer) {
    return create(SendResultSchema, { messageId, outcome: { case: 'error', value: answer.error } });
  }
  const value = { acceptedTime: timestampFromMs(answer.acceptedAt), recipients: [...answer.recipients] };
  const outcome = answer.duplicate ? { case: 'duplicate' as const, value } : { case: 'accepted' as const, value };
  return create(SendResultSchema, { messageId, outcome });
}
