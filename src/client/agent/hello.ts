import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { defined } from '../defined.ts';
import type { ClientFrame } from './lane.ts';

/** What an agent says about itself. */
export interface AgentDescription {
  /** `{framework}://{name}`; the key must allow it. */
  readonly agentId: string;
  /**
   * Name of this process among those of the agent. A second process under the same name takes the place of the first.
   * Default: a random one, so that processes share the mailbox.
   */
  readonly instanceId?: string;
  /** What the agent can do, in words that senders address it by. */
  readonly capabilities?: readonly string[];
  /** Name for people. */
  readonly displayName?: string;
  /** Version of the agent's own software. */
  readonly version?: string;
  /** Anything else: host, model, region. */
  readonly metadata?: Readonly<Record<string, string>>;
  /**
   * Messages that are worked on at a time, 1 to 10,000. Default 16. They run side by side; with 1 each
   * is finished before the next begins.
   */
  readonly maxInFlight?: number;
  /**
   * Time after which the bus gives a message to another instance if nothing is heard of it, 1,000 to 3,600,000. Default
   * 30,000. Running handlers extend it by themselves.
   */
  readonly leaseMs?: number;
  /**
   * Version of the stream's protocol to ask for. Default: the one that this client speaks, which is 1. Another one is only good
   * to see how an agent ends that is newer than its bus: with PROTOCOL_VERSION_UNSUPPORTED.
   */
  readonly protocolVersion?: number;
}

/** Messages that are worked on at a time unless the agent says otherwise: enough to be busy, few enough for a model's quota. */
export const DEFAULT_MAX_IN_FLIGHT = 16;

/** The version of the stream's protocol that this client speaks. */
const PROTOCOL_VERSION = 1;

/** Makes the first frame of a stream. */
export function createHello(agent: AgentDescription, stream: { instanceId: string; sendOnly: boolean }): ClientFrame {
  const {
    agentId,
    capabilities = [],
    displayName,
    version,
    metadata,
    maxInFlight = DEFAULT_MAX_IN_FLIGHT,
    leaseMs,
    protocolVersion = PROTOCOL_VERSION,
  } = agent;
  return {
    case: 'hello',
    value: defined({
      agent: defined({ agentId, capabilities: [...capabilities], displayName, version, metadata }),
      instanceId: stream.instanceId,
      maxInFlight,
      protocolVersion,
      // An acknowledgement that is not known to be on disk is repeated when its message comes again.
      confirmSettlements: true,
      sendOnly: stream.sendOnly,
      lease: leaseMs === undefined ? undefined : durationFromMs(leaseMs),
    }),
  };
}
