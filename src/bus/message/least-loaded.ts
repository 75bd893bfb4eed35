import type { Candidate } from './recipients.ts';

/**
 * The agent to give work to: one that keeps up before one that is slow, then the one with the fewest unsettled
 * messages an instance, then the one that says it is the least busy, then the first by name, so that the choice can
 * be foretold. Undefined if there is none.
 */
export function leastLoaded(candidates: readonly Candidate[]): Candidate | undefined {
  return [...candidates].sort(byLoad)[0];
}

function byLoad(a: Candidate, b: Candidate): number {
  return (
    Number(a.slow) - Number(b.slow) ||
    a.unsettled / a.instances - b.unsettled / b.instances ||
    a.load - b.load ||
    (a.agentId < b.agentId ? -1 : 1)
  );
}
