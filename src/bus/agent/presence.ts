import type { Clock } from '../../lib/clock.ts';
import { AGENT_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';

/** Which processes of which agents are alive. It keeps time and reports; it ends nothing. */
export interface Presence<S extends InstanceStream = InstanceStream> {
  /**
   * An instance has a stream from now on; a stream that it had before does not count any more.
   * Throws LIMIT_REACHED if the agent has too many instances.
   */
  connect(agentId: string, instanceId: string, stream: S): StreamPresence;
  /** A sign of life outside of the instance's stream, if it has one. Throws LIMIT_REACHED. */
  beat(agentId: string, instanceId: string, beat: Beat): void;
  /**
   * An instance is in the middle of a call that waits: alive until the call ends, and as after a
   * heartbeat from then on. Returns the end, which counts once. Throws LIMIT_REACHED.
   */
  attend(agentId: string, instanceId: string): () => void;
  /** Whether an instance is known, or may become so. */
  hasRoom(agentId: string, instanceId: string): boolean;
  /** The stream that an instance has now. */
  streamOf(agentId: string, instanceId: string): S | undefined;
  /** All streams of an agent. */
  streamsOf(agentId: string): S[];
  report(agentId: string): PresenceReport;
  /** Forgets the agent with all instances. */
  forget(agentId: string): void;
}

/** What presence needs of a stream. */
export interface InstanceStream {
  /** Deliveries that are not settled. */
  inFlight(): number;
}

/** One stream's part in presence. Once another stream took its place, nothing here has an effect. */
export interface StreamPresence {
  /** Whether this is still the instance's stream. */
  readonly current: boolean;
  /** Milliseconds since anything was heard of the instance. */
  silentMs(): number;
  heard(): void;
  beat(beat: Beat): void;
  setStalled(stalled: boolean): void;
  close(): void;
}

/** What a heartbeat says. */
export interface Beat {
  /** 0 (idle) to 1 (full). */
  readonly load: number;
  readonly note: string;
}

export interface PresenceReport {
  readonly status: 'online' | 'slow' | 'offline';
  /** By instance id, ascending. */
  readonly instances: readonly InstanceReport[];
  /** Milliseconds since the epoch; absent if the agent was never heard of. */
  readonly lastSeenAt: number | undefined;
}

export interface InstanceReport extends Beat {
  readonly instanceId: string;
  readonly connected: boolean;
  /** Its heartbeat is overdue, or it does not read what it is sent. */
  readonly slow: boolean;
  readonly inFlight: number;
  readonly lastSeenAt: number;
}

export interface PresenceOptions {
  readonly clock: Clock;
  readonly heartbeatIntervalMs: number;
}

/** A heartbeat may be late by half an interval before its sender counts as slow: timers and networks are no clocks. */
const OVERDUE_INTERVALS = 1.5;
/** After this many silent intervals an instance is gone. */
export const GONE_INTERVALS = 2;

interface Instance<S> {
  readonly instanceId: string;
  stream: S | undefined;
  stalled: boolean;
  beat: Beat;
  lastSeenAt: number;
  /** When it was last heard of outside of a stream. */
  beatAt: number;
  /** Calls of it that wait. */
  waitingCalls: number;
}

interface AgentInstances<S> {
  readonly instances: Map<string, Instance<S>>;
  lastSeenAt: number | undefined;
}

const IDLE: Beat = { load: 0, note: '' };

export function createPresence<S extends InstanceStream>({ clock, heartbeatIntervalMs }: PresenceOptions): Presence<S> {
  const agents = new Map<string, AgentInstances<S>>();
  const overdueMs = heartbeatIntervalMs * OVERDUE_INTERVALS;
  const goneMs = heartbeatIntervalMs * GONE_INTERVALS;

  /** Instances without a stream leave by being looked at: nothing waits for the moment, so no timer does. */
  const dropGone = ({ instances }: AgentInstances<S>): void => {
    const now = clock.now();
    for (const { stream, beatAt, waitingCalls, instanceId } of instances.values()) {
      if (stream === undefined && waitingCalls === 0 && now - beatAt > goneMs) instances.delete(instanceId);
    }
  };
  const find = (agentId: string): AgentInstances<S> | undefined => {
    const agent = agents.get(agentId);
    if (agent !== undefined) dropGone(agent);
    return agent;
  };
  const findOrAdd = (agentId: string, instanceId: string): Instance<S> => {
    const agent = find(agentId) ?? { instances: new Map<string, Instance<S>>(), lastSeenAt: undefined };
    const found = agent.instances.get(instanceId);
    if (found !== undefined) return found;
    if (agent.instances.size >= AGENT_LIMITS.maxInstancesPerAgent) throw tooManyInstances(agentId);
    const added: Instance<S> = {
      instanceId,
      stream: undefined,
      stalled: false,
      beat: IDLE,
      lastSeenAt: 0,
      beatAt: -Infinity,
      waitingCalls: 0,
    };
    agents.set(agentId, agent);
    agent.instances.set(instanceId, added);
    return added;
  };
  const see = (agentId: string, instance: Instance<S>): void => {
    const now = clock.now();
    instance.lastSeenAt = now;
    const agent = agents.get(agentId);
    if (agent !== undefined) agent.lastSeenAt = now;
  };
  const reportOf = (instance: Instance<S>, now: number): InstanceReport => ({
    instanceId: instance.instanceId,
    connected: instance.stream !== undefined,
    slow: instance.stream !== undefined && (instance.stalled || now - instance.lastSeenAt > overdueMs),
    inFlight: instance.stream?.inFlight() ?? 0,
    load: instance.beat.load,
    note: instance.beat.note,
    lastSeenAt: instance.lastSeenAt,
  });
  return {
    connect(agentId, instanceId, stream) {
      const instance = findOrAdd(agentId, instanceId);
      instance.stream = stream;
      instance.stalled = false;
      see(agentId, instance);
      const whileCurrent = (change: () => void): void => {
        if (instance.stream === stream) change();
      };
      return {
        get current() {
          return instance.stream === stream;
        },
        silentMs: () => clock.now() - instance.lastSeenAt,
        heard: () => whileCurrent(() => see(agentId, instance)),
        beat: (beat) =>
          whileCurrent(() => {
            see(agentId, instance);
            instance.beat = beat;
          }),
        setStalled: (stalled) =>
          whileCurrent(() => {
            instance.stalled = stalled;
          }),
        close: () =>
          whileCurrent(() => {
            instance.stream = undefined;
            const agent = agents.get(agentId);
            if (agent !== undefined) dropGone(agent);
          }),
      };
    },
    beat(agentId, instanceId, beat) {
      const instance = findOrAdd(agentId, instanceId);
      see(agentId, instance);
      instance.beat = beat;
      instance.beatAt = instance.lastSeenAt;
    },
    attend(agentId, instanceId) {
      const instance = findOrAdd(agentId, instanceId);
      see(agentId, instance);
      instance.waitingCalls++;
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        see(agentId, instance);
        instance.beatAt = instance.lastSeenAt;
        instance.waitingCalls--;
      };
    },
    hasRoom(agentId, instanceId) {
      const instances = find(agentId)?.instances;
      return instances === undefined || instances.has(instanceId) || instances.size < AGENT_LIMITS.maxInstancesPerAgent;
    },
    streamOf: (agentId, instanceId) => agents.get(agentId)?.instances.get(instanceId)?.stream,
    streamsOf: (agentId) => [...(agents.get(agentId)?.instances.values() ?? [])].flatMap(({ stream }) => stream ?? []),
    report(agentId) {
      const agent = find(agentId);
      const now = clock.now();
      const instances = [...(agent?.instances.values() ?? [])].map((instance) => reportOf(instance, now));
      instances.sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1));
      return { status: statusOf(instances), instances, lastSeenAt: agent?.lastSeenAt };
    },
    forget(agentId) {
      for (const instance of agents.get(agentId)?.instances.values() ?? []) instance.stream = undefined;
      agents.delete(agentId);
    },
  };
}

function statusOf(instances: readonly InstanceReport[]): PresenceReport['status'] {
  if (instances.length === 0) return 'offline';
  return instances.every(({ slow }) => slow) ? 'slow' : 'online';
}

function tooManyInstances(agentId: string): BusError {
  const limit = AGENT_LIMITS.maxInstancesPerAgent;
  return new BusError('LIMIT_REACHED', `${agentId} has ${limit} instances already`, {
    bound: 'instances per agent',
    limit,
  });
}
