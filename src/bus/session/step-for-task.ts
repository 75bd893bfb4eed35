import { StepStatus, type Workflow } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { isAutomatic } from './step-status.ts';

/**
 * Name of the step that a task which names none belongs to: the first under way that requires its recipient, an
 * agent id. Empty if there is none, and in a MANUAL workflow.
 */
export function stepForTask(workflow: Workflow, recipient: string): string {
  if (!isAutomatic(workflow)) return '';
  const takes = workflow.steps.find(
    ({ status, requiredAgents }) => status === StepStatus.IN_PROGRESS && requiredAgents.includes(recipient),
  );
  return takes?.name ?? '';
}
