import {
  create,
  type DescMessage,
  type JsonObject,
  type MessageInitShape,
  type MessageShape,
} from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import {
  AddParticipantRequestSchema,
  CompleteSessionRequestSchema,
  CreateSessionRequestSchema,
  RemoveParticipantRequestSchema,
  TerminateSessionRequestSchema,
  UpdateSharedContextRequestSchema,
  UpdateWorkflowRequestSchema,
} from '../../gen/ts/agentbus/v1/session_service_pb.js';
import { StepFailurePolicy, WorkflowMode } from '../../gen/ts/agentbus/v1/workflow_pb.js';
import { validateMessage } from '../rpc/validate.ts';

/** A participant as the tutorial writes it. */
export interface ParticipantInput {
  readonly agent_id: string;
  readonly role: string;
  /** The part of `agent_id` before `://`; if given, it must be that. */
  readonly framework?: string;
}

/** A workflow step as the tutorial writes it. */
export interface WorkflowStepInput {
  readonly name: string;
  readonly required_agents: readonly string[];
  /** Steps it waits for; by default the one before it. */
  readonly depends_on?: readonly string[];
  /** What follows when it fails and nobody says; `hold` by default. */
  readonly on_failure?: 'hold' | 'skip' | 'stop';
}

/** Where a workflow stands, as its orchestrator says. */
export interface WorkflowPosition {
  readonly current_step?: string;
  readonly completed_steps?: readonly string[];
  readonly pending_steps?: readonly string[];
}

/** How a session ended as planned. */
export interface CompletionInput {
  readonly summary: string;
  /** URIs of the results. */
  readonly artifacts?: readonly string[];
}

/** How a session was broken off. */
export interface TerminationInput {
  /** A word that programs can compare. */
  readonly reason: string;
  /** The same for people. */
  readonly details?: string;
}

/** A session to open. */
export interface SessionInput {
  readonly orchestrator: string;
  readonly participants: readonly ParticipantInput[];
  readonly steps?: readonly WorkflowStepInput[];
  readonly mode?: 'automatic' | 'manual';
  readonly shared_context?: JsonObject;
  readonly labels?: Readonly<Record<string, string>>;
  /** Name of the session; by default the bus makes one. */
  readonly session_id?: string;
  /** Milliseconds without an event after which the session is terminated; by default never. */
  readonly idleTimeoutMs?: number;
}

const FAILURE_POLICIES = {
  hold: StepFailurePolicy.HOLD,
  skip: StepFailurePolicy.SKIP,
  stop: StepFailurePolicy.STOP,
} as const;

// Each of these gives a request that keeps the rules of the contract, or throws FIELD_INVALID.

export const createRequest = (input: SessionInput) =>
  valid(CreateSessionRequestSchema, {
    sessionId: input.session_id ?? '',
    orchestrator: input.orchestrator,
    participants: input.participants.map(newParticipant),
    workflow: {
      mode: input.mode === 'manual' ? WorkflowMode.MANUAL : WorkflowMode.AUTOMATIC,
      steps: (input.steps ?? []).map((step) => ({
        name: step.name,
        requiredAgents: [...step.required_agents],
        ...(step.depends_on && { dependsOn: { steps: [...step.depends_on] } }),
        ...(step.on_failure && { onFailure: FAILURE_POLICIES[step.on_failure] }),
      })),
    },
    sharedContext: input.shared_context ?? {},
    labels: { ...input.labels },
    ...(input.idleTimeoutMs !== undefined && { idleTimeout: durationFromMs(input.idleTimeoutMs) }),
  });

export const addRequest = (sessionId: string, participant: ParticipantInput) =>
  valid(AddParticipantRequestSchema, { sessionId, participant: newParticipant(participant) });

export const removeRequest = (sessionId: string, agentId: string) =>
  valid(RemoveParticipantRequestSchema, { sessionId, agentId });

export const workflowRequest = (sessionId: string, position: WorkflowPosition) =>
  valid(UpdateWorkflowRequestSchema, {
    sessionId,
    currentStep: position.current_step ?? '',
    completedSteps: [...(position.completed_steps ?? [])],
    pendingSteps: [...(position.pending_steps ?? [])],
  });

export const replaceContextRequest = (sessionId: string, value: JsonObject, expectedRevision?: number) =>
  valid(UpdateSharedContextRequestSchema, {
    sessionId,
    change: { case: 'sharedContext', value },
    ...(expectedRevision !== undefined && { expectedRevision: BigInt(expectedRevision) }),
  });

export const mergeContextRequest = (sessionId: string, value: JsonObject, expectedRevision?: number) =>
  valid(UpdateSharedContextRequestSchema, {
    sessionId,
    change: { case: 'mergePatch', value },
    ...(expectedRevision !== undefined && { expectedRevision: BigInt(expectedRevision) }),
  });

export const completeRequest = (sessionId: string, { summary, artifacts = [] }: CompletionInput) =>
  valid(CompleteSessionRequestSchema, { sessionId, summary, artifacts: [...artifacts] });

export const terminateRequest = (sessionId: string, { reason, details = '' }: TerminationInput) =>
  valid(TerminateSessionRequestSchema, { sessionId, reason, details });

function newParticipant({ agent_id, role, framework = '' }: ParticipantInput) {
  return { agentId: agent_id, role, framework };
}

/** A copy, because the bus decides on what it holds in memory: the program may go on with what it handed in. */
export function valid<Desc extends DescMessage>(schema: Desc, init: MessageInitShape<Desc>): MessageShape<Desc> {
  const message = create(schema, init);
  validateMessage(schema, message);
  return structuredClone(message);
}
