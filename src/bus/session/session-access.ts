import type { Session } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { BusError } from '../bus-error.ts';
import { actsFor, type Caller } from '../caller.ts';
import { membersOf } from './commands.ts';
import type { LiveSession } from './live-session.ts';
import type { SessionRegistry } from './session-registry.ts';

/**
 * The session, if the caller acts for a member of it. Throws SESSION_NOT_FOUND, the same
 * for a session that does not exist, so that ids cannot be probed.
 */
export async function visibleSession(
  registry: SessionRegistry,
  caller: Caller,
  sessionId: string,
): Promise<LiveSession> {
  const live = await registry.load(sessionId);
  if (live === undefined) throw sessionNotFound(sessionId);
  requireMember(caller, live.decided);
  return live;
}

/** Throws SESSION_NOT_FOUND unless the caller acts for a member. */
export function requireMember(caller: Caller, session: Session): void {
  if (!membersOf(session).some((agentId) => actsFor(caller, agentId))) throw sessionNotFound(session.sessionId);
}

/** Throws SESSION_NOT_FOUND unless an agent is a member. */
export function requireSpeakingMember(agentId: string, session: Session): void {
  if (!membersOf(session).includes(agentId)) throw sessionNotFound(session.sessionId);
}

/** Throws NOT_ORCHESTRATOR unless the caller acts for the orchestrator. */
export function requireOrchestrator(caller: Caller, session: Session): void {
  if (actsFor(caller, session.orchestrator)) return;
  throw new BusError('NOT_ORCHESTRATOR', `only ${session.orchestrator}, who leads the session, may do this`, {
    session_id: session.sessionId,
    orchestrator: session.orchestrator,
  });
}

/** The error for a session that the caller does not see. */
export function sessionNotFound(sessionId: string): BusError {
  return new BusError('SESSION_NOT_FOUND', `there is no session ${sessionId}`, { session_id: sessionId });
}
