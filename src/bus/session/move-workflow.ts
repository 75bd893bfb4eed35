import type { Timestamp } from '@bufbuild/protobuf/wkt';
import type { UpdateWorkflowRequest } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { StepStatus, type Workflow, type WorkflowStep } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { summarize, workflowInvalid } from './start-workflow.ts';

type WorkflowPosition = Pick<UpdateWorkflowRequest, 'currentStep' | 'completedSteps' | 'pendingSteps'>;

/** The workflow after its orchestrator said where it stands. Throws WORKFLOW_INVALID. */
export function moveWorkflow(workflow: Workflow, position: WorkflowPosition, time: Timestamp): Workflow {
  const statuses = statusesOf(position);
  for (const name of statuses.keys()) {
    if (!workflow.steps.some((step) => step.name === name)) {
      throw workflowInvalid(name, 'unknown_step', 'the workflow has no such step');
    }
  }
  const steps = workflow.steps.map((step) => withStatus(step, statuses.get(step.name) ?? step.status, time));
  return { ...workflow, ...summarize(steps), currentStep: position.currentStep };
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

/** Times are those of the first arrival at a status, so that saying it again moves nothing. */
function withStatus(step: WorkflowStep, status: StepStatus, time: Timestamp): WorkflowStep {
  if (status === step.status) return step;
  const { startedAt = time, completedAt: _, ...rest } = step;
  switch (status) {
    case StepStatus.PENDING: {
      const { startedAt: __, ...unstarted } = rest as WorkflowStep;
      return { ...unstarted, status };
    }
    case StepStatus.IN_PROGRESS:
      return { ...rest, status, startedAt };
    default:
      return { ...rest, status, startedAt, completedAt: time };
  }
}
