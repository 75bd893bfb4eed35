/** The group that each stream has. */
export const GROUP = 'agents';

/** The stream of a recipient: what the load and the peer agree on. */
export function streamOf(run: string, pair: number): string {
  return `mail:${run}:${pair}`;
}
