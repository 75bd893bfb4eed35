import type { AgentConnection, AgentOptions } from './agent/agent-connection.ts';
import { createAgent } from './agent/create-agent.ts';
import { createNodeChannel, type NodeChannelOptions } from './node-channel.ts';

/** Where the bus is, who calls, and what the agent does. */
export type ConnectAgentOptions = NodeChannelOptions & Omit<AgentOptions, 'transport' | 'address' | 'resetConnection'>;

/**
 * Connects an agent over gRPC, on a connection of its own. Returns at once: set its handlers, then wait for `ready()`
 * or simply for `closed`. Until it is closed it keeps the process alive and connects again whenever it has to.
 */
export function connectAgent(options: ConnectAgentOptions): AgentConnection {
  const channel = createNodeChannel(options);
  return createAgent({ ...options, transport: channel.transport, resetConnection: channel.reset });
}
