import type { JsonObject } from '@bufbuild/protobuf';
import { type DeliveryMode, MessageType, type ReplyMode } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { BACKEND, ORCHESTRATOR } from '../open-bus.ts';
import { sessionId } from './start-services.ts';

type Duration = { readonly seconds: bigint; readonly nanos?: number };

export interface RequestFields {
  /** The backend by default. */
  readonly to?: string;
  /** The orchestrator by default. */
  readonly from?: string;
  /** Empty for a task outside of sessions. */
  readonly inSession?: string;
  readonly routing?: {
    readonly timeout?: Duration;
    readonly deliveryMode?: DeliveryMode;
    readonly replyMode?: ReplyMode;
    readonly fallbackAgents?: string[];
  };
}

/** A task as it goes over the wire. */
export function taskRequest(messageId: string, fields: RequestFields = {}) {
  const { to = BACKEND, from = ORCHESTRATOR, inSession = sessionId, routing = {} } = fields;
  return {
    messageId,
    sender: { agentId: from, sessionId: inSession },
    recipient: { target: { case: 'agentId', value: to } as const },
    messageType: MessageType.TASK_REQUEST,
    routing,
  };
}

/** The answer to it. */
export function taskResponse(correlationId: string, payload: JsonObject, fields: RequestFields = {}) {
  const { to = BACKEND, from = ORCHESTRATOR, inSession = sessionId } = fields;
  return {
    messageId: `${correlationId}-answer`,
    sender: { agentId: to, sessionId: inSession },
    recipient: { target: { case: 'agentId', value: from } as const },
    messageType: MessageType.TASK_RESPONSE,
    correlationId,
    content: { case: 'payload', value: payload } as const,
  };
}
