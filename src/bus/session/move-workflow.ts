import type { Timestamp } from '@bufbuild/protobuf/wkt';
import type { UpdateWorkflowRequest } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { StepStatus, type Workflow, type WorkflowStep } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { workflowInvalid } from './start-workflow.ts';
import { isAutomatic, mayStart, stepsByName, summarize, withStatus } from './step-status.ts';

type WorkflowPosition = Pick<UpdateWorkflowRequest, 'currentStep' | 'completedSteps' | 'pendingSteps'>;

/**
 * The workflow after its orchestrator said where it stands. In AUTOMATIC mode steps that are now free to start do so,
 * unless they are named as pending, and the current step may be left unsaid. Throws WORKFLOW_INVALID.
 */
export function moveWorkflow(workflow: Workflow, position: WorkflowPosition, time: Timestamp): Workflow {
  const statuses = statusesOf(position);
  for (const name of statuses.keys()) {
    if (!workflow.steps.some((step) => step.name === name)) {
      throw workflowInvalid(name, 'unknown_step', 'the workflow has no such step');
    }
  }
  const { currentStep } = position;
  const steps = workflow.steps.map((step) => withStatus(step, statuses.get(step.name) ?? step.status, time));
  if (!isAutomatic(workflow)) return { ...workflow, ...summarize(steps), currentStep };
  const held = new Set(position.pendingSteps);
  return { ...workflow, ...summarize(startFree(steps, held, time), currentStep) };
}

function startFree(steps: WorkflowStep[], held: ReadonlySet<string>, time: Timestamp): WorkflowStep[] {
  const byName = stepsByName(steps);
  return steps.map((step) =>
    !held.has(step.name) && mayStart(step, byName) ? withStatus(step, StepStatus.IN_PROGRESS, time) : step,
  );
}

function statusesOf(position: WorkflowPosition): Map<string, StepStatus> {
  const named: [string, StepStatus][] = [
    ...(position.currentStep === '' ? [] : [[position.currentStep, StepStatus.IN_PROGRESS] as [string, StepStatus]]),
    ...position.completedSteps.map((name): [string, StepStatus] => [name, StepStatus.COMPLETED]),
    ...position.pendingSteps.map((name): [string, StepStatus] => [name, StepStatus.PENDING]),
  ];
  const statuses = new Map<string, StepStatus>();
  for (const [name, status] of named) {
    if (statuses.has(name)) throw workflowInvalid(name, 'repeated_step', 'it is named twice');
    statuses.set(name, status);
  }
  return statuses;
}
