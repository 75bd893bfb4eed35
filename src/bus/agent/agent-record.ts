import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { type AgentDescriptor, AgentDescriptorSchema, AgentSchema } from '../../../gen/ts/agentbus/v1/agent_pb.js';

/** What is kept of a registered agent. */
export interface AgentRecord {
  readonly descriptor: AgentDescriptor;
  /** Milliseconds since the epoch. */
  readonly registeredAt: number;
}

/** The bytes that the store keeps: an `Agent` of the contract with the lasting fields only. */
export function encodeRecord({ descriptor, registeredAt }: AgentRecord): Uint8Array {
  return toBinary(AgentSchema, create(AgentSchema, { descriptor, registeredTime: timestampFromMs(registeredAt) }));
}

export function decodeRecord(bytes: Uint8Array): AgentRecord {
  const { descriptor, registeredTime } = fromBinary(AgentSchema, bytes);
  return {
    descriptor: descriptor ?? create(AgentDescriptorSchema),
    registeredAt: registeredTime === undefined ? 0 : timestampMs(registeredTime),
  };
}
