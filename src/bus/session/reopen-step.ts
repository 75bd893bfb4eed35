import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { StepStatus, type Workflow } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { isAutomatic, summarize, withStatus } from './step-status.ts';

/**
 * The workflow after a new task in the named step, if that takes a FAILED step up again; undefined if it changes
 * nothing. `advanceWorkflow` must know the new task by then, or the step fails once more for the old ones.
 */
export function reopenStep(workflow: Workflow, name: string, time: Timestamp): Workflow | undefined {
  const failed = workflow.steps.find((step) => step.name === name && step.status === StepStatus.FAILED);
  if (failed === undefined || !isAutomatic(workflow)) return undefined;
  const reopened = withStatus(failed, StepStatus.IN_PROGRESS, time);
  const steps = workflow.steps.map((step) => (step === failed ? reopened : step));
  return { ...workflow, ...summarize(steps, workflow.currentStep) };
}
