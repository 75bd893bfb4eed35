import type { SpanAttributes, SpanName } from '../tracer.ts';

/** What the span of a message says in any case. */
export interface TracedMessage {
  readonly sender: string;
  readonly messageId: string;
  /** The mailbox, or how the sender named those who are meant. */
  readonly destination: string;
}

/** What OpenTelemetry calls the kinds of operations that it has a name for. */
const OPERATION_TYPES: Partial<Record<SpanName, string>> = { send: 'send', acknowledge: 'settle' };

/** Attributes of a message's span: OpenTelemetry's names for messaging where there is one, `agentbus.*` otherwise. */
export function messageAttributes(name: SpanName, { sender, messageId, destination }: TracedMessage): SpanAttributes {
  const type = OPERATION_TYPES[name];
  return {
    'messaging.system': 'agentbus',
    'messaging.operation.name': name,
    ...(type !== undefined && { 'messaging.operation.type': type }),
    'messaging.destination.name': destination,
    'messaging.message.id': messageId,
    'agentbus.sender': sender,
  };
}

/** How a delivery, a decision or a task came out. */
export const OUTCOME = 'agentbus.outcome';
