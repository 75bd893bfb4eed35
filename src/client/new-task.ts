import { MessageType } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import type { Address, Content, MessageOptions, OutgoingMessage } from './outgoing-message.ts';

/** Who does a task alone: an agent by its id, or the least busy one that has a capability. */
export type Assignee = string | { readonly capability: string };

/**
 * A task on its way to an agent.
 *
 * Who delegates by a session handle or an orchestrator follows events or asks for the task, and reads no mailbox, where answers
 * would pile up: `replies` is `session` there. An agent that delegates a part of its own task reads its
 * mailbox: `replies` is `mailbox` then, and the answer comes to its `onMessage`.
 */
export type NewTask<To extends Address = Assignee> = Omit<MessageOptions, 'sessionId' | 'correlationId'> &
  Content & {
    readonly to: To;
    /**
     * Unique in the session, and among all messages that the delegator sends within 24 hours. Default: a new one. Delegating
     * again under the same id and content changes nothing.
     */
    readonly taskId?: string;
  };

/** Makes the message that delegates a task. */
export function taskRequest({ taskId, ...task }: NewTask<Address>): OutgoingMessage {
  return { ...task, type: MessageType.TASK_REQUEST, ...(taskId !== undefined && { messageId: taskId }) };
}
