import { type Agent, type AgentDescriptor, AgentStatus } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import type { AgentDirectory } from '../../engine/engine.ts';
import type { Clock } from '../../lib/clock.ts';
import { type Caller, requireSpeaker } from '../caller.ts';
import type { Candidate } from '../message/recipients.ts';
import type { AgentRecord } from './agent-record.ts';
import { openAgentRegistry } from './agent-registry.ts';
import { createDepartures } from './departures.ts';
import { describeAgent } from './describe-agent.ts';
import { createPresence, GONE_INTERVALS } from './presence.ts';
import { watchSilence } from './silence.ts';

/** Who there is. All calls that name an agent reject AGENT_NOT_ALLOWED where the caller must speak as it. */
export interface Agents {
  /** Durable when it resolves. Rejects AGENT_NOT_ALLOWED, LIMIT_REACHED. */
  register(caller: Caller, descriptor: AgentDescriptor): Promise<Agent>;
  /** Forgets the agent and ends its connections. Rejects AGENT_NOT_ALLOWED, AGENT_NOT_FOUND. */
  unregister(caller: Caller, agentId: string): Promise<void>;
  /** Throws AGENT_NOT_FOUND. */
  get(agentId: string): Agent;
  /** Ascending by id, those after `after`. */
  list(query: AgentQuery): { agents: Agent[]; next: string | undefined };
  /** A sign of life by a single call. Throws AGENT_NOT_ALLOWED, AGENT_NOT_FOUND, LIMIT_REACHED. */
  heartbeat(caller: Caller, beat: InstanceBeat): void;
  /**
   * An instance waits for mail by a single call, which is a sign of life as long as it lasts. Returns
   * the end of it. Never throws: an agent that is not registered may wait, and nobody asks for its presence.
   */
  attend(agentId: string, instanceId: string): () => void;
  /** Whether the agent is registered. */
  has(agentId: string): boolean;
  /**
   * When an agent that is gone was last heard of, 0 if never since the bus started; one that unregistered is gone since
   * then. Undefined for an agent that is there, and for one that was never registered: nobody knows whether it lives.
   */
  goneSince(agentId: string): number | undefined;
  /** Live agents that have a capability, with what they have to do. */
  candidates(capability: string): Candidate[];
  /**
   * Takes the place of an instance's stream. Another connection of the same agent and instance is
   * fenced first: its `fenced` is called before this returns. The caller was checked before.
   * Throws AGENT_NOT_FOUND, LIMIT_REACHED.
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
  /** Nothing was heard for two heartbeat intervals. Called again every two intervals until the connection ends. */
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

export interface AgentsOptions {
  readonly directory: AgentDirectory;
  readonly clock: Clock;
  /** Longest time an agent may be silent before it counts as late; after two of them its stream ends. */
  readonly heartbeatIntervalMs: number;
  /** Messages in an agent's mailbox that are not settled. */
  depth(agentId: string): number;
}

/** Reads who is registered; from then on the directory is only written. */
export async function createAgents({ directory, clock, heartbeatIntervalMs, depth }: AgentsOptions): Promise<Agents> {
  const registry = await openAgentRegistry(directory, clock);
  const departures = createDepartures(clock);
  const presence = createPresence<NewConnection>({ clock, heartbeatIntervalMs });
  const limitMs = GONE_INTERVALS * heartbeatIntervalMs;

  const describe = (record: AgentRecord): Agent => {
    const { agentId } = record.descriptor;
    return describeAgent(record, presence.report(agentId), depth(agentId));
  };
  return {
    async register(caller, descriptor) {
      requireSpeaker(caller, descriptor.agentId);
      return describe(await registry.put(descriptor));
    },
    async unregister(caller, agentId) {
      requireSpeaker(caller, agentId);
      await registry.remove(agentId);
      departures.add(agentId);
      const connections = presence.streamsOf(agentId);
      presence.forget(agentId);
      for (const connection of connections) connection.unregistered();
    },
    get: (agentId) => describe(registry.get(agentId)),
    list({ after, limit, status, capability }) {
      const agents: Agent[] = [];
      for (const record of capability === '' ? registry.above(after) : registry.having(capability, after)) {
        const agent = describe(record);
        if (status !== AgentStatus.UNSPECIFIED && agent.status !== status) continue;
        if (agents.length === limit) return { agents, next: agents.at(-1)?.descriptor?.agentId };
        agents.push(agent);
      }
      return { agents, next: undefined };
    },
    heartbeat(caller, { agentId, instanceId, load, note }) {
      requireSpeaker(caller, agentId);
      registry.get(agentId);
      presence.beat(agentId, instanceId, { load, note });
    },
    attend(agentId, instanceId) {
      const isKnown = registry.find(agentId) !== undefined;
      return isKnown && presence.hasRoom(agentId, instanceId) ? presence.attend(agentId, instanceId) : () => undefined;
    },
    has: (agentId) => registry.find(agentId) !== undefined,
    goneSince(agentId) {
      if (registry.find(agentId) === undefined) return departures.of(agentId);
      const { status, lastSeenAt = 0 } = presence.report(agentId);
      return status === 'offline' ? lastSeenAt : undefined;
    },
    candidates: (capability) =>
      [...registry.having(capability, undefined)].flatMap(({ descriptor: { agentId } }) => {
        const { status, instances } = presence.report(agentId);
        if (status === 'offline') return [];
        const load = instances.reduce((sum, instance) => sum + instance.load, 0) / instances.length;
        return [{ agentId, slow: status === 'slow', instances: instances.length, unsettled: depth(agentId), load }];
      }),
    connect(connection) {
      const { agentId, instanceId } = connection;
      registry.get(agentId);
      const before = presence.streamOf(agentId, instanceId);
      const stream = presence.connect(agentId, instanceId, connection);
      const silence = watchSilence({ clock, limitMs, stream, onSilent: () => connection.silent() });
      before?.fenced();
      return {
        heard: stream.heard,
        heartbeat: stream.beat,
        setStalled: stream.setStalled,
        close() {
          silence.stop();
          stream.close();
        },
      };
    },
  };
}
