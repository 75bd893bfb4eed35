import { ParticipantStatus } from '../../../gen/ts/agentbus/v1/participant_pb.js';
import type { Session } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { BusError } from '../bus-error.ts';
import { membersOf } from '../session/commands.ts';
import { type EnvelopeHead, isTaskRequest } from './incoming.ts';
import { leastLoaded } from './least-loaded.ts';

/** Who there is outside of sessions. */
export interface Directory {
  isRegistered(agentId: string): boolean;
  /** Live agents that have a capability. */
  candidates(capability: string): Candidate[];
}

/** A live agent that could be given a message. */
export interface Candidate {
  readonly agentId: string;
  /** Whether it is alive and falls behind. */
  readonly slow: boolean;
  /** At least 1. */
  readonly instances: number;
  /** Messages in its mailbox that are not settled. */
  readonly unsettled: number;
  /** How busy its instances say they are on average, 0 to 1. */
  readonly load: number;
}

/**
 * The agents that a message goes to, each once, in the order of the roster; at least one. A task of a session goes to
 * members alone, since others could not answer it there. Throws RECIPIENT_NOT_FOUND, FIELD_INVALID.
 */
export function recipientsOf(head: EnvelopeHead, session: Session | undefined, directory: Directory): string[] {
  const { recipient, sender } = head;
  switch (recipient.case) {
    case 'agentId':
      return [requireReachable(recipient.value, session, { directory, membersOnly: isTaskRequest(head) })];
    case 'capability': {
      const { value: capability } = recipient;
      const members = session && membersOf(session);
      const able = directory
        .candidates(capability)
        .filter(({ agentId }) => agentId !== sender && (members === undefined || members.includes(agentId)));
      const chosen = leastLoaded(able);
      if (chosen !== undefined) return [chosen.agentId];
      throw notFound(`no live agent has the capability ${capability}`, { capability });
    }
    case 'role': {
      const { value: role } = recipient;
      const holders = participantsOf(session, 'message.recipient.role').filter((other) => other.role === role);
      return requireSome(holders, sender, {
        message: `nobody else in the session has the role ${role}`,
        facts: { role },
      });
    }
    default: {
      const others = participantsOf(session, 'message.recipient.all_participants');
      const message = 'the session has no other participants';
      return requireSome(others, sender, { message, facts: { session_id: head.sessionId } });
    }
  }
}

/** Throws RECIPIENT_NOT_FOUND unless an agent can be sent to. */
export function requireReachable(
  agentId: string,
  session: Session | undefined,
  { directory, membersOnly }: { directory: Directory; membersOnly: boolean },
): string {
  const isMember = session !== undefined && membersOf(session).includes(agentId);
  if (isMember) return agentId;
  if (session !== undefined && membersOnly) {
    throw notFound(`${agentId} is no member of session ${session.sessionId}, and could not answer`, {
      agent_id: agentId,
    });
  }
  if (directory.isRegistered(agentId)) return agentId;
  throw notFound(`${agentId} is neither registered nor in the session`, { agent_id: agentId });
}

function participantsOf(session: Session | undefined, field: string) {
  if (session !== undefined) return session.participants.filter(({ status }) => status === ParticipantStatus.ACTIVE);
  throw new BusError('FIELD_INVALID', `${field} needs message.sender.session_id`, { field, rule: 'needs_session' });
}

function requireSome(
  participants: readonly { readonly agentId: string }[],
  sender: string,
  { message, facts }: { message: string; facts: Readonly<Record<string, string>> },
): string[] {
  const agentIds = participants.map(({ agentId }) => agentId).filter((agentId) => agentId !== sender);
  if (agentIds.length > 0) return agentIds;
  throw notFound(message, facts);
}

function notFound(message: string, facts: Readonly<Record<string, string>>): BusError {
  return new BusError('RECIPIENT_NOT_FOUND', message, facts);
}
