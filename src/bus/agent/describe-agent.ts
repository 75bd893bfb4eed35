import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  type Agent,
  type AgentInstance,
  AgentInstanceSchema,
  AgentSchema,
  AgentStatus,
} from '../../../gen/ts/agentbus/v1/agent_pb.js';
import type { AgentRecord } from './agent-record.ts';
import type { InstanceReport, PresenceReport } from './presence.ts';

const STATUS: Readonly<Record<PresenceReport['status'], AgentStatus>> = {
  online: AgentStatus.ONLINE,
  slow: AgentStatus.SLOW,
  offline: AgentStatus.OFFLINE,
};

/** An agent as the contract shows it: what it said, what is known of it, how much waits for it. */
export function describeAgent(record: AgentRecord, presence: PresenceReport, queuedMessages: number): Agent {
  const { lastSeenAt } = presence;
  return create(AgentSchema, {
    descriptor: record.descriptor,
    status: STATUS[presence.status],
    instances: presence.instances.map(describeInstance),
    queuedMessages: BigInt(queuedMessages),
    registeredTime: timestampFromMs(record.registeredAt),
    ...(lastSeenAt !== undefined && { lastSeenTime: timestampFromMs(lastSeenAt) }),
  });
}

function describeInstance({ lastSeenAt, ...instance }: InstanceReport): AgentInstance {
  return create(AgentInstanceSchema, { ...instance, lastSeenTime: timestampFromMs(lastSeenAt) });
}
