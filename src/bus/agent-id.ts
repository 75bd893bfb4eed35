/** The part of an agent id before `://`. */
export function frameworkOf(agentId: string): string {
  return agentId.slice(0, agentId.indexOf('://'));
}

/** The framework of the bus's own agents; nobody else speaks as one. */
const BUS_FRAMEWORK = 'agentbus';

/** The agent that the bus speaks as, when it tells of cancelled and abandoned tasks. */
export const BUS_AGENT_ID = `${BUS_FRAMEWORK}://bus`;

/** Whether an agent id is one of the bus's own. */
export function isReserved(agentId: string): boolean {
  return frameworkOf(agentId) === BUS_FRAMEWORK;
}
