/** The part of an agent id before `://`. */
export function frameworkOf(agentId: string): string {
  return agentId.slice(0, agentId.indexOf('://'));
}
