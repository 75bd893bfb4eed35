import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { taskRequest } from '../new-task.ts';
import type { OutgoingMessage } from '../outgoing-message.ts';
import type { SessionEvent } from '../records.ts';
import type { MessageContext, TaskContext } from './handlers.ts';
import type { IncomingMessage } from './incoming-message.ts';
import type { SendOutcome } from './pending-sends.ts';

/** What the agent offers its handlers. */
export interface ContextOptions {
  readonly signal: AbortSignal;
  send(message: OutgoingMessage): Promise<SendOutcome>;
  watch(sessionId: string, options?: { readonly after?: number }): AsyncGenerator<SessionEvent, void, undefined>;
}

/** Makes the context of a message's handler. */
export function createMessageContext(
  message: IncomingMessage,
  { signal, send, watch }: ContextOptions,
): MessageContext {
  return {
    signal,
    send: (outgoing) => send(within(inherited(message), outgoing)),
    watch: (options) => watch(message.sessionId, options),
  };
}

/** Makes the context of a task's handler. */
export function createTaskContext(task: IncomingMessage, options: ContextOptions): TaskContext {
  const cause = inherited(task);
  // Only tasks have a parent; whatever else the handler sends belongs to the task by its trace.
  const parentOf = ({ type }: OutgoingMessage) =>
    type === MessageType.TASK_REQUEST ? { ...cause, parentTaskId: task.messageId } : cause;
  const send = (outgoing: OutgoingMessage) => options.send(within(parentOf(outgoing), outgoing));
  return {
    ...createMessageContext(task, options),
    send,
    delegate: async (child) => (await send(taskRequest(child))).messageId,
    progress(percent, note) {
      const payload = { progress: percent, ...(note !== undefined && { note }) };
      const sent = options.send({
        ...cause,
        to: task.sender,
        type: MessageType.STATUS_UPDATE,
        correlationId: task.messageId,
        payload,
      });
      // Marks the refusal as seen; whoever awaits the report gets it all the same.
      sent.catch(() => {});
      return sent;
    },
  };
}

function within(cause: Pick<OutgoingMessage, 'metadata'>, outgoing: OutgoingMessage): OutgoingMessage {
  return { ...cause, ...outgoing, metadata: { ...cause.metadata, ...outgoing.metadata } };
}

/** What a message passes on to those it causes: its session and its place in a trace. */
export function inherited(message: IncomingMessage): Pick<OutgoingMessage, 'sessionId' | 'metadata'> {
  const { traceparent, tracestate } = message.metadata;
  return {
    ...(message.sessionId !== '' && { sessionId: message.sessionId }),
    metadata: { ...(traceparent !== undefined && { traceparent }), ...(tracestate !== undefined && { tracestate }) },
  };
}
