/** What a program imports: the embedded bus, and the clients. */

export { BusError, type Facts, type Reason } from './bus/bus-error.ts';
export * from './client/index.ts';
export type { AgentResultView, AggregationView, ConflictView } from './embedded/aggregation-view.ts';
export { CommunicationBus } from './embedded/communication-bus.ts';
export type { CommunicationBusConfig } from './embedded/communication-bus-config.ts';
export type { EmbeddedSessions, EventOptions, SessionListInput } from './embedded/embedded-sessions.ts';
export type { EmbeddedTasks, TaskListInput } from './embedded/embedded-tasks.ts';
export type { SessionManager } from './embedded/session-manager.ts';
export type {
  SessionManagerEmission,
  SessionManagerEvent,
  SessionManagerEvents,
  SessionManagerEventType,
} from './embedded/session-manager-event.ts';
export type {
  CompletionInput,
  ParticipantInput,
  SessionInput,
  TerminationInput,
  WorkflowStepInput,
} from './embedded/session-requests.ts';
export type { ParticipantView, SessionView, WorkflowStepView, WorkflowView } from './embedded/session-view.ts';
export type { AddressInput, AggregationInput, RetryInput, TaskInput } from './embedded/task-requests.ts';
export type { TaskResultView, TaskView } from './embedded/task-view.ts';
