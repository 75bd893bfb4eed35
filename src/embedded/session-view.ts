import type { JsonObject } from '@bufbuild/protobuf';
import { ParticipantStatus } from '../../gen/ts/agentbus/v1/participant_pb.js';
import { type Session, SessionState } from '../../gen/ts/agentbus/v1/session_pb.js';
import { StepFailurePolicy, StepStatus, type Workflow, WorkflowMode } from '../../gen/ts/agentbus/v1/workflow_pb.js';
import { lower, rfc3339 } from './view-values.ts';

/** A session as plain data, with the names and lower-case words of the JSON that agents write. */
export interface SessionView {
  readonly session_id: string;
  readonly orchestrator: string;
  readonly participants: readonly ParticipantView[];
  readonly workflow: WorkflowView;
  readonly shared_context: JsonObject;
  /** Counts the changes of `shared_context`, from 1. */
  readonly context_revision: number;
  readonly state: 'active' | 'completed' | 'terminated';
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly created_at: string;
  /** RFC 3339. */
  readonly updated_at: string;
  /** Sequence of the newest event. */
  readonly last_sequence: number;
  readonly completion?: { readonly summary: string; readonly artifacts: readonly string[] };
  readonly termination?: { readonly reason: string; readonly details: string };
}

export interface ParticipantView {
  readonly agent_id: string;
  readonly framework: string;
  readonly role: string;
  readonly status: 'active' | 'removed';
  /** RFC 3339. */
  readonly join_time: string;
}

export interface WorkflowView {
  readonly steps: readonly WorkflowStepView[];
  readonly current_step: string;
  readonly completed_steps: readonly string[];
  readonly pending_steps: readonly string[];
  readonly mode: 'automatic' | 'manual';
}

export interface WorkflowStepView {
  readonly name: string;
  readonly required_agents: readonly string[];
  readonly depends_on: readonly string[];
  readonly status: 'pending' | 'in_progress' | 'completed' | 'failed' | 'skipped';
  /** What follows when it fails. */
  readonly on_failure: 'hold' | 'skip' | 'stop';
  /** RFC 3339. */
  readonly started_at?: string;
  /** RFC 3339. */
  readonly completed_at?: string;
}

/** A session as the program may keep and even change it: nothing of it is the bus's own. */
export function viewSession(session: Session): SessionView {
  const { completion, termination } = session;
  return structuredClone<SessionView>({
    session_id: session.sessionId,
    orchestrator: session.orchestrator,
    participants: session.participants.map((participant) => ({
      agent_id: participant.agentId,
      framework: participant.framework,
      role: participant.role,
      status: lower<ParticipantView['status']>(ParticipantStatus[participant.status]),
      join_time: rfc3339(participant.joinTime),
    })),
    workflow: viewWorkflow(session.workflow),
    shared_context: session.sharedContext ?? {},
    context_revision: Number(session.contextRevision),
    state: lower<SessionView['state']>(SessionState[session.state]),
    labels: session.labels,
    created_at: rfc3339(session.createdAt),
    updated_at: rfc3339(session.updatedAt),
    last_sequence: Number(session.lastSequence),
    ...(completion && { completion: { summary: completion.summary, artifacts: completion.artifacts } }),
    ...(termination && { termination: { reason: termination.reason, details: termination.details } }),
  });
}

function viewWorkflow(workflow: Workflow | undefined): WorkflowView {
  return {
    steps: (workflow?.steps ?? []).map((step) => ({
      name: step.name,
      required_agents: step.requiredAgents,
      depends_on: step.dependsOn,
      status: lower<WorkflowStepView['status']>(StepStatus[step.status]),
      on_failure: lower<WorkflowStepView['on_failure']>(StepFailurePolicy[step.onFailure || StepFailurePolicy.HOLD]),
      ...(step.startedAt && { started_at: rfc3339(step.startedAt) }),
      ...(step.completedAt && { completed_at: rfc3339(step.completedAt) }),
    })),
    current_step: workflow?.currentStep ?? '',
    completed_steps: workflow?.completedSteps ?? [],
    pending_steps: workflow?.pendingSteps ?? [],
    mode: lower<WorkflowView['mode']>(WorkflowMode[workflow?.mode || WorkflowMode.AUTOMATIC]),
  };
}
