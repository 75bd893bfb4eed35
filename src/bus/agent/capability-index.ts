import type { AgentDescriptor } from '../../../gen/ts/agentbus/v1/agent_pb.js';
import { createSortedIds, type SortedIds } from './sorted-ids.ts';

/** Which agents can do what: work goes to a capability with every message, and most agents do not have it. */
export interface CapabilityIndex {
  add(descriptor: AgentDescriptor): void;
  remove(descriptor: AgentDescriptor): void;
  /** Ids of agents with the capability, greater than `after`, ascending; all if there is no `after`. */
  above(capability: string, after: string | undefined): Iterable<string>;
}

export function createCapabilityIndex(): CapabilityIndex {
  const ids = new Map<string, SortedIds>();
  return {
    add({ agentId, capabilities }) {
      for (const capability of capabilities) {
        const having = ids.get(capability);
        if (having === undefined) ids.set(capability, createSortedIds([agentId]));
        else having.add(agentId);
      }
    },
    remove({ agentId, capabilities }) {
      for (const capability of capabilities) {
        const having = ids.get(capability);
        having?.remove(agentId);
        // Clients choose the names: one that nobody has any more must not stay.
        if (having?.size === 0) ids.delete(capability);
      }
    },
    above: (capability, after) => ids.get(capability)?.above(after) ?? [],
  };
}
