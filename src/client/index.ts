/** The clients of the bus for programs that run in Node. */

export type { AgentConnection, AgentOptions } from './agent/agent-connection.ts';
export type { ConnectionStatus } from './agent/connection-status.ts';
export { createAgent } from './agent/create-agent.ts';
export type {
  BinaryResult,
  Handlers,
  MessageContext,
  MessageHandler,
  ReceiptHandler,
  TaskContext,
  TaskHandler,
  TaskResult,
} from './agent/handlers.ts';
export type { AgentDescription } from './agent/hello.ts';
export type { IncomingMessage, IncomingTask } from './agent/incoming-message.ts';
export type { SendOutcome } from './agent/pending-sends.ts';
export { Reject } from './agent/reject.ts';
export { RetryLater } from './agent/retry-later.ts';
export { type ConnectAgentOptions, connectAgent } from './agent.ts';
export { type ConnectOrchestratorOptions, connectOrchestrator } from './connect-orchestrator.ts';
export type { NodeChannelOptions } from './node-channel.ts';
export * from './public.ts';
