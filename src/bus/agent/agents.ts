import type { Agent, AgentDescriptor, AgentStatus } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import type { Caller } from '../caller.ts';

/** Who there is. All calls that name an agent reject AGENT_NOT_ALLOWED where the caller must speak as it. */
export interface Agents {
  /** Durable when it resolves. Rejects AGENT_NOT_ALLOWED, LIMIT_REACHED. */
  register(caller: Caller, descriptor: AgentDescriptor): Promise<Agent>;
  /** Forgets the agent and ends its connections. Rejects AGENT_NOT_ALLOWED, AGENT_NOT_FOUND. */
  unregister(caller: Caller, agentId: string): Promise<void>;
  /** Rejects AGENT_NOT_FOUND. */
  get(agentId: string): Agent;
  /** Ascending by id, those after `after`. */
  list(query: AgentQuery): { agents: Agent[]; next: string | undefined };
  /** A sign of life of an instance without a stream. Rejects AGENT_NOT_ALLOWED, AGENT_NOT_FOUND. */
  heartbeat(caller: Caller, beat: InstanceBeat): void;
  /** Whether the agent is registered. */
  has(agentId: string): boolean;
  /**
   * Takes the place of an instance's stream. Another connection of the same agent and instance is
   * fenced first: its `fenced` is called before this returns.
   */
  connect(connection: NewConnection): Connection;
}

export interface AgentQuery {
  readonly after?: string;
  readonly limit: number;
  readonly status: AgentStatus;
  /** Empty for all. */
  readonly capability: string;
}

export interface InstanceBeat {
  readonly agentId: string;
  readonly instanceId: string;
  /** 0 to 1. */
  readonly load: number;
  readonly note: string;
}

export interface NewConnection {
  readonly agentId: string;
  readonly instanceId: string;
  /** Deliveries in flight, asked when presence is reported. */
  inFlight(): number;
  /** A newer connection took the place; this one must end and change nothing more. */
  fenced(): void;
  /** The agent was unregistered; this connection must end. */
  unregistered(): void;
  /** Nothing was heard for two heartbeat intervals; this connection must end. */
  silent(): void;
}

/** One instance's stream as presence sees it. */
export interface Connection {
  /** Any frame came. */
  heard(): void;
  /** A heartbeat came. */
  heartbeat(beat: { load: number; note: string }): void;
  /** Whether the instance reads what it is sent. */
  setStalled(stalled: boolean): void;
  /** The stream ended. Safe to call twice, and after fencing. */
  close(): void;
}
