import { isReserved } from './agent-id.ts';
import { BusError } from './bus-error.ts';

/** Whoever owns a key, and which agents it may speak as. */
export interface Principal {
  /** Name for logs and for the actor of events. */
  readonly name: string;
  /** Agent ids, in which `*` stands for any run of characters; at least one. */
  readonly agents: readonly string[];
}

/**
 * The identity behind a call. It comes from the transport, never from what the
 * call says about itself.
 */
export interface Caller {
  readonly principal: Principal;
  /** The agent that the caller says it acts as (header `x-agent-id`); the principal is allowed to. */
  readonly agentId?: string;
}

/** Whether the caller may speak as an agent. Nobody speaks as the bus. */
export function maySpeakAs(caller: Caller, agentId: string): boolean {
  return !isReserved(agentId) && caller.principal.agents.some((pattern) => matchesPattern(pattern, agentId));
}

/** Throws PERMISSION_DENIED unless the caller may speak as the agent. */
export function requireSpeaker(caller: Caller, agentId: string): void {
  if (maySpeakAs(caller, agentId)) return;
  throw new BusError('AGENT_NOT_ALLOWED', `this key may not speak as ${agentId}`, { agent_id: agentId });
}

/**
 * Patterns of the agents that a call acts for: the one named by the header, or
 * all that the principal may speak as.
 */
export function actingPatterns(caller: Caller): readonly string[] {
  return caller.agentId === undefined ? caller.principal.agents : [caller.agentId];
}

/** Whether a call acts for an agent. Narrower than {@link maySpeakAs} when the caller named one. */
export function actsFor(caller: Caller, agentId: string): boolean {
  return actingPatterns(caller).some((pattern) => matchesPattern(pattern, agentId));
}

/** What the events of a session name as the one who did it. */
export function actorOf(caller: Caller): string {
  if (caller.agentId !== undefined) return caller.agentId;
  const [only, ...more] = caller.principal.agents;
  const isOneAgent = only !== undefined && more.length === 0 && !only.includes('*');
  return isOneAgent ? only : `principal:${caller.principal.name}`;
}

/** `*` stands for any run of characters, the empty one included; all else for itself. */
export function matchesPattern(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return pattern === text;
  const last = parts[parts.length - 1] ?? '';
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let from = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
