import { type Agent as AgentMessage, AgentSchema } from '../../gen/ts/agentbus/v1/agent_pb.js';
import type {
  DeadLetter as DeadLetterMessage,
  Receipt as ReceiptMessage,
} from '../../gen/ts/agentbus/v1/delivery_pb.js';
import type { MessageStatus as MessageStatusMessage } from '../../gen/ts/agentbus/v1/message_service_pb.js';
import {
  type SessionEvent as SessionEventMessage,
  SessionEventSchema,
} from '../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Session as SessionMessage, SessionSchema } from '../../gen/ts/agentbus/v1/session_pb.js';
import type { AggregateResultsResponse } from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { type Task as TaskMessage, TaskSchema } from '../../gen/ts/agentbus/v1/task_pb.js';
import { AgentbusError } from './errors.ts';
import { type Plain, toPlain } from './plain.ts';

/** A session as the bus sees it: `Session` of the contract in plain form. */
export interface Session extends Plain<SessionMessage> {}

/** One change of a session: `SessionEvent` of the contract in plain form. What happened is in `body`. */
export interface SessionEvent extends Plain<SessionEventMessage> {}

/** A task and where it stands: `Task` of the contract in plain form. */
export interface Task extends Plain<TaskMessage> {}

/** One result of the answers in a session: `AggregateResultsResponse` of the contract in plain form. */
export interface Aggregation extends Plain<AggregateResultsResponse> {}

/** Where one recipient's copy of a message is: `MessageStatus` of the contract in plain form. */
export interface MessageStatus extends Plain<MessageStatusMessage> {}

/** What became of a message: `Receipt` of the contract in plain form. */
export interface Receipt extends Plain<ReceiptMessage> {}

/** A message that the bus gave up delivering: `DeadLetter` of the contract in plain form. */
export interface DeadLetter extends Plain<DeadLetterMessage> {}

/** A registered agent and its presence: `Agent` of the contract in plain form. */
export interface Agent extends Plain<AgentMessage> {}

/** Takes the session out of a response. */
export function toSession(response: { readonly session?: SessionMessage | undefined }): Session {
  if (response.session === undefined) throw missing('session');
  return toPlain(SessionSchema, response.session);
}

/** Takes the task out of a response. */
export function toTask(response: { readonly task?: TaskMessage | undefined }): Task {
  if (response.task === undefined) throw missing('task');
  return toPlain(TaskSchema, response.task);
}

/** Takes the agent out of a response. */
export function toAgent(response: { readonly agent?: AgentMessage | undefined }): Agent {
  if (response.agent === undefined) throw missing('agent');
  return toPlain(AgentSchema, response.agent);
}

/** Makes the plain form of an event. */
export function toSessionEvent(event: SessionEventMessage): SessionEvent {
  return toPlain(SessionEventSchema, event);
}

/** Whether the event is the last one of its session. */
export function endsSession(event: { readonly body: { readonly case: string | undefined } }): boolean {
  return event.body.case === 'sessionCompleted' || event.body.case === 'sessionTerminated';
}

/** A required field is not there: the bus is at fault. */
export function missing(field: string): AgentbusError {
  return new AgentbusError({ code: 'INTERNAL', message: `the bus left the ${field} out of its answer` });
}
