import { ParticipantStatus } from '../../../gen/ts/agentbus/v1/participant_pb.js';
import type { SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { Session } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { applyMergePatch } from './merge-patch.ts';

/**
 * The session after an event. Pure: the session before is not touched, so whoever
 * holds it keeps a consistent view.
 *
 * `before` is undefined for the first event alone. Events of an ended session, gaps and
 * other contradictions cannot come out of the log; they are faults of the program and throw.
 */
export function evolve(before: Session | undefined, event: SessionEvent): Session {
  const changed = change(before, event);
  return {
    ...changed,
    lastSequence: event.sequence,
    ...(event.time && { updatedAt: event.time }),
  };
}

function change(before: Session | undefined, event: SessionEvent): Session {
  const { body } = event;
  if (body.case === 'sessionCreated') {
    if (before !== undefined || body.value.session === undefined) throw impossible(event);
    return body.value.session;
  }
  if (before === undefined || event.sequence !== before.lastSequence + 1n) throw impossible(event);
  switch (body.case) {
    case 'participantAdded': {
      const joined = body.value.participant;
      if (joined === undefined) throw impossible(event);
      const others = before.participants.filter((participant) => participant.agentId !== joined.agentId);
      return { ...before, participants: [...others, joined] };
    }
    case 'participantRemoved': {
      const { agentId } = body.value;
      return {
        ...before,
        participants: before.participants.map((participant) =>
          participant.agentId === agentId ? { ...participant, status: ParticipantStatus.REMOVED } : participant,
        ),
      };
    }
    case 'workflowUpdated':
      return body.value.workflow ? { ...before, workflow: body.value.workflow } : before;
    case 'sharedContextUpdated': {
      const { change: how, contextRevision } = body.value;
      if (how.case === undefined) throw impossible(event);
      const sharedContext =
        how.case === 'sharedContext' ? how.value : applyMergePatch(before.sharedContext ?? {}, how.value);
      return { ...before, sharedContext, contextRevision };
    }
    case 'sessionCompleted':
      return {
        ...before,
        state: SessionState.COMPLETED,
        ...(body.value.completion && { completion: body.value.completion }),
      };
    case 'sessionTerminated':
      return {
        ...before,
        state: SessionState.TERMINATED,
        ...(body.value.termination && { termination: body.value.termination }),
      };
    default:
      // Messages and tasks change what `evolveTasks` keeps, not the session itself.
      return before;
  }
}

function impossible(event: SessionEvent): Error {
  return new Error(`event ${event.sequence} (${event.body.case}) of session ${event.sessionId} does not fit its log`);
}
