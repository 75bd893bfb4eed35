import { create, type MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { type Task, TaskSchema, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import {
  NewWorkflowSchema,
  type NewWorkflowStepSchema,
  StepStatus,
  type Workflow,
  WorkflowMode,
} from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { startWorkflow } from '../../../src/bus/session/start-workflow.ts';

export const T0 = timestampFromMs(1_000);
export const T1 = timestampFromMs(2_000);
export const T2 = timestampFromMs(3_000);

export const ORCHESTRATOR = 'claude-code://orchestrator';
export const A = 'codex://a';
export const B = 'codex://b';
export const FALLBACK = 'codex://fallback';
const MEMBERS = new Set([ORCHESTRATOR, A, B, FALLBACK]);

/** A workflow that has just started, at T0. */
export function started(
  steps: MessageInitShape<typeof NewWorkflowStepSchema>[],
  mode: WorkflowMode = WorkflowMode.AUTOMATIC,
): Workflow {
  return startWorkflow(create(NewWorkflowSchema, { steps, mode }), MEMBERS, T0);
}

/** A task of a step that was asked of `assignee` and is with it still. */
export function task(step: string, assignee: string, status: keyof typeof TaskStatus): Task {
  return create(TaskSchema, { step, assignee, requestedAssignee: assignee, status: TaskStatus[status] });
}

/** The steps with their statuses, by name. */
export function statuses({ steps }: Workflow): Record<string, string> {
  return Object.fromEntries(steps.map(({ name, status }) => [name, StepStatus[status]]));
}
