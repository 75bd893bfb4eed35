import { create, toBinary } from '@bufbuild/protobuf';
import { type Timestamp, timestampFromMs } from '@bufbuild/protobuf/wkt';
import {
  type NewParticipant,
  type Participant,
  ParticipantSchema,
  ParticipantStatus,
} from '../../../gen/ts/agentbus/v1/participant_pb.js';
import { SessionCreatedSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Session, SessionSchema, SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type { CreateSessionRequest } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { SESSION_LIMITS } from '../../limits.ts';
import { frameworkOf } from '../agent-id.ts';
import { BusError } from '../bus-error.ts';
import type { EventBody } from './event-body.ts';
import { requireFittingContext } from './shared-context.ts';
import { startWorkflow } from './start-workflow.ts';

/**
 * The first event of the session that a request asks for. Throws FIELD_INVALID, WORKFLOW_INVALID, FORBIDDEN_KEY,
 * SHARED_CONTEXT_TOO_LARGE, MESSAGE_TOO_LARGE.
 */
export function sessionCreated(request: CreateSessionRequest, sessionId: string, now: number): EventBody {
  const session = newSession(request, sessionId, now);
  return { case: 'sessionCreated', value: create(SessionCreatedSchema, { session }) };
}

function newSession(request: CreateSessionRequest, sessionId: string, now: number): Session {
  const time = timestampFromMs(now);
  const sharedContext = request.sharedContext ?? {};
  requireFittingContext(sharedContext, sharedContext, 'shared_context');
  const participants = request.participants.map((participant) => newParticipant(participant, time));
  const members = requireDistinctMembers(request.orchestrator, participants);
  const outline = create(SessionSchema, {
    sessionId,
    orchestrator: request.orchestrator,
    participants,
    workflow: startWorkflow(request.workflow, members, time),
    contextRevision: 1n,
    state: SessionState.ACTIVE,
    labels: request.labels,
    createdAt: time,
    updatedAt: time,
    ...(request.idleTimeout && { idleTimeout: request.idleTimeout }),
  });
  requireFittingOutline(outline);
  return { ...outline, sharedContext };
}

function requireFittingOutline(outline: Session): void {
  const actual = toBinary(SessionSchema, outline).length;
  const limit = SESSION_LIMITS.maxOutlineBytes;
  if (actual <= limit) return;
  const message = `roster, workflow and labels of the session have ${actual} bytes; ${limit} are allowed`;
  throw new BusError('MESSAGE_TOO_LARGE', message, { limit, actual });
}

/** A participant at the moment of joining. */
export function newParticipant(participant: NewParticipant, joinTime: Timestamp): Participant {
  return create(ParticipantSchema, {
    agentId: participant.agentId,
    framework: frameworkOf(participant.agentId),
    role: participant.role,
    status: ParticipantStatus.ACTIVE,
    joinTime,
  });
}

function requireDistinctMembers(orchestrator: string, participants: readonly Participant[]): Set<string> {
  const members = new Set([orchestrator]);
  participants.forEach(({ agentId }, index) => {
    if (members.has(agentId)) {
      throw new BusError('FIELD_INVALID', `${agentId} is in the session twice`, {
        field: `participants[${index}].agent_id`,
        rule: 'unique',
        bound: 1,
      });
    }
    members.add(agentId);
  });
  return members;
}
