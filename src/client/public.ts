/** What clients in Node and in browsers have in common. */
export { AgentStatus } from '../../gen/ts/agentbus/v1/agent_pb.js';
export { AggregationMethod } from '../../gen/ts/agentbus/v1/aggregation_pb.js';
export { Backoff, MessageState, MessageType, Priority } from '../../gen/ts/agentbus/v1/envelope_pb.js';
export { ParticipantStatus } from '../../gen/ts/agentbus/v1/participant_pb.js';
export { SessionEventType } from '../../gen/ts/agentbus/v1/session_event_pb.js';
export { SessionState } from '../../gen/ts/agentbus/v1/session_pb.js';
export { TaskStatus } from '../../gen/ts/agentbus/v1/task_pb.js';
export { StepFailurePolicy, StepStatus, WorkflowMode } from '../../gen/ts/agentbus/v1/workflow_pb.js';
export type { Answer, AskOptions } from './ask.ts';
export type { BackoffOptions } from './backoff.ts';
export type { DeadLetters } from './dead-letters.ts';
export type { Delegator } from './delegator.ts';
export { AgentbusError, type ErrorReasonName, type StatusCode } from './errors.ts';
export type { Assignee, NewTask } from './new-task.ts';
export {
  type AgentDirectory,
  createOrchestrator,
  type NewSession,
  type NewStep,
  type Orchestrator,
  type OrchestratorOptions,
  type SessionQuery,
} from './orchestrator.ts';
export type { Address, Content, MessageOptions, OutgoingMessage, RetryOptions } from './outgoing-message.ts';
export type { Plain } from './plain.ts';
export type { Agent, Aggregation, DeadLetter, MessageStatus, Receipt, Session, SessionEvent, Task } from './records.ts';
export type { EventQuery } from './session-events.ts';
export type {
  AggregationOptions,
  ContextChange,
  DelegatedTask,
  SessionHandle,
  SessionMessage,
  TaskQuery,
  WorkflowPosition,
} from './session-handle.ts';
