import type { Clock } from '../../lib/clock.ts';
import { AGENT_LIMITS } from '../../limits.ts';

/** When agents unregistered, since the bus started: the latest of them. */
export interface Departures {
  add(agentId: string): void;
  /** Milliseconds since the epoch; undefined for an agent that did not unregister, or too many others ago. */
  of(agentId: string): number | undefined;
}

export function createDepartures(clock: Clock): Departures {
  const times = new Map<string, number>();
  return {
    add(agentId) {
      times.delete(agentId);
      times.set(agentId, clock.now());
      for (const oldest of times.keys()) {
        if (times.size <= AGENT_LIMITS.maxAgents) break;
        times.delete(oldest);
      }
    },
    of: (agentId) => times.get(agentId),
  };
}
