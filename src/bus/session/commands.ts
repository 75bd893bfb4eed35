import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { ParticipantStatus } from '../../../gen/ts/agentbus/v1/participant_pb.js';
import {
  ParticipantAddedSchema,
  ParticipantRemovedSchema,
  SessionCompletedSchema,
  SessionTerminatedSchema,
  WorkflowUpdatedSchema,
} from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Session, SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import type {
  AddParticipantRequest,
  CompleteSessionRequest,
  RemoveParticipantRequest,
  TerminateSessionRequest,
  UpdateSharedContextRequest,
  UpdateWorkflowRequest,
} from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { type Workflow, WorkflowSchema } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { SESSION_LIMITS } from '../../limits.ts';
import { BusError } from '../bus-error.ts';
import type { EventBody } from './event-body.ts';
import { moveWorkflow } from './move-workflow.ts';
import { newParticipant } from './new-session.ts';
import { updateSharedContext } from './shared-context.ts';

/**
 * Decides one change: pure, from the session as it is to the events that change
 * it. Throws a BusError, changing nothing, when the change is refused.
 */
export type Decide = (session: Session, now: number) => EventBody[];

export const addParticipant =
  ({ participant }: Pick<AddParticipantRequest, 'participant'>): Decide =>
  (session, now) => {
    if (participant === undefined) throw new Error('validation lets no request without a participant through');
    const { agentId } = participant;
    if (agentId === session.orchestrator || activeParticipant(session, agentId) !== undefined) {
      throw new BusError('PARTICIPANT_ALREADY_EXISTS', `${agentId} is in session ${session.sessionId} already`, {
        session_id: session.sessionId,
        agent_id: agentId,
      });
    }
    // Removed participants stay in the roster, so that they count: a roster cannot grow by coming and going.
    const others = session.participants.filter((other) => other.agentId !== agentId);
    if (others.length >= SESSION_LIMITS.maxParticipants) {
      throw new BusError('LIMIT_REACHED', `a session has at most ${SESSION_LIMITS.maxParticipants} participants`, {
        bound: 'participants of a session',
        limit: SESSION_LIMITS.maxParticipants,
      });
    }
    const joined = newParticipant(participant, timestampFromMs(now));
    return [{ case: 'participantAdded', value: create(ParticipantAddedSchema, { participant: joined }) }];
  };

export const removeParticipant =
  ({ agentId }: Pick<RemoveParticipantRequest, 'agentId'>): Decide =>
  (session) => {
    if (activeParticipant(session, agentId) === undefined) {
      throw new BusError('PARTICIPANT_NOT_FOUND', `${agentId} is not a participant of session ${session.sessionId}`, {
        session_id: session.sessionId,
        agent_id: agentId,
      });
    }
    return [{ case: 'participantRemoved', value: create(ParticipantRemovedSchema, { agentId }) }];
  };

export const updateWorkflow =
  (position: Pick<UpdateWorkflowRequest, 'currentStep' | 'completedSteps' | 'pendingSteps'>): Decide =>
  (session, now) => {
    const workflow: Workflow = session.workflow ?? create(WorkflowSchema);
    const moved = moveWorkflow(workflow, position, timestampFromMs(now));
    return [{ case: 'workflowUpdated', value: create(WorkflowUpdatedSchema, { workflow: moved }) }];
  };

export const changeSharedContext =
  (request: UpdateSharedContextRequest): Decide =>
  (session) => [{ case: 'sharedContextUpdated', value: updateSharedContext(session, request) }];

export const completeSession =
  ({ summary, artifacts }: Pick<CompleteSessionRequest, 'summary' | 'artifacts'>): Decide =>
  () => [{ case: 'sessionCompleted', value: create(SessionCompletedSchema, { completion: { summary, artifacts } }) }];

export const terminateSession =
  ({ reason, details }: Pick<TerminateSessionRequest, 'reason' | 'details'>): Decide =>
  () => [{ case: 'sessionTerminated', value: create(SessionTerminatedSchema, { termination: { reason, details } }) }];

/** Throws SESSION_ENDED unless the session takes changes. */
export function requireActive(session: Session): void {
  if (session.state === SessionState.ACTIVE) return;
  const state = SessionState[session.state];
  throw new BusError('SESSION_ENDED', `session ${session.sessionId} is ${state} and takes no change`, {
    session_id: session.sessionId,
    state,
  });
}

/** Orchestrator and active participants, each once. */
export function membersOf(session: Session): string[] {
  return [
    session.orchestrator,
    ...session.participants
      .filter((participant) => participant.status === ParticipantStatus.ACTIVE)
      .map((participant) => participant.agentId),
  ];
}

function activeParticipant(session: Session, agentId: string) {
  return session.participants.find(
    (participant) => participant.agentId === agentId && participant.status === ParticipantStatus.ACTIVE,
  );
}
