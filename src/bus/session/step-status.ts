import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { StepStatus, type Workflow, WorkflowMode, type WorkflowStep } from '../../../gen/ts/agentbus/v1/workflow_pb.js';

/** Whether tasks move a workflow on, and not its orchestrator alone. */
export function isAutomatic({ mode }: Workflow): boolean {
  return mode !== WorkflowMode.MANUAL;
}

/** The step at another status. Times are those of the first arrival there, so that saying it again moves nothing. */
export function withStatus(step: WorkflowStep, status: StepStatus, time: Timestamp): WorkflowStep {
  if (status === step.status) return step;
  const { startedAt = time, completedAt: _, ...rest } = step;
  switch (status) {
    case StepStatus.PENDING:
      return { ...rest, status };
    case StepStatus.IN_PROGRESS:
      return { ...rest, status, startedAt };
    default:
      return { ...rest, status, startedAt, completedAt: time };
  }
}

/** Whether a step waits and what it waits for is over: all of it COMPLETED or SKIPPED. */
export function mayStart(step: WorkflowStep, steps: ReadonlyMap<string, WorkflowStep>): boolean {
  return step.status === StepStatus.PENDING && step.dependsOn.every((name) => lets(steps.get(name)));
}

function lets(dependency: WorkflowStep | undefined): boolean {
  return dependency?.status === StepStatus.COMPLETED || dependency?.status === StepStatus.SKIPPED;
}

/**
 * The fields of a workflow that follow from the status of its steps. `current` stays the current step while it is
 * under way; otherwise the first that is under way becomes it.
 */
export function summarize(
  steps: WorkflowStep[],
  current = '',
): Pick<Workflow, 'steps' | 'currentStep' | 'completedSteps' | 'pendingSteps'> {
  const named = (status: StepStatus) => steps.filter((step) => step.status === status).map((step) => step.name);
  const underWay = named(StepStatus.IN_PROGRESS);
  return {
    steps,
    currentStep: underWay.includes(current) ? current : (underWay[0] ?? ''),
    completedSteps: named(StepStatus.COMPLETED),
    pendingSteps: named(StepStatus.PENDING),
  };
}

/** Steps by their names, in the order of the workflow. */
export function stepsByName(steps: readonly WorkflowStep[]): Map<string, WorkflowStep> {
  return new Map(steps.map((step) => [step.name, step]));
}
