import { create } from '@bufbuild/protobuf';
import type { Timestamp } from '@bufbuild/protobuf/wkt';
import {
  type NewWorkflow,
  type NewWorkflowStep,
  StepFailurePolicy,
  StepStatus,
  type Workflow,
  WorkflowMode,
  WorkflowSchema,
  type WorkflowStep,
  WorkflowStepSchema,
} from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { BusError } from '../bus-error.ts';
import { summarize } from './step-status.ts';

/**
 * The workflow of a new session. In AUTOMATIC mode the steps that wait for none start at once.
 * Throws WORKFLOW_INVALID.
 */
export function startWorkflow(
  request: NewWorkflow | undefined,
  members: ReadonlySet<string>,
  time: Timestamp,
): Workflow {
  const mode = request?.mode || WorkflowMode.AUTOMATIC;
  const requested = request?.steps ?? [];
  const dependencies = requireAcyclic(dependenciesOf(requested));
  requireMembers(requested, members);
  const steps = requested.map((step): WorkflowStep => {
    const dependsOn = dependencies.get(step.name) ?? [];
    const starts = mode === WorkflowMode.AUTOMATIC && dependsOn.length === 0;
    return create(WorkflowStepSchema, {
      name: step.name,
      requiredAgents: step.requiredAgents,
      dependsOn: [...dependsOn],
      onFailure: step.onFailure || StepFailurePolicy.HOLD,
      status: starts ? StepStatus.IN_PROGRESS : StepStatus.PENDING,
      ...(starts && { startedAt: time }),
    });
  });
  return create(WorkflowSchema, { mode, ...summarize(steps) });
}

/** A WORKFLOW_INVALID error about one step. */
export function workflowInvalid(step: string, problem: string, message: string): BusError {
  return new BusError('WORKFLOW_INVALID', `workflow step "${step}": ${message}`, { step, problem });
}

type Dependencies = ReadonlyMap<string, readonly string[]>;

function dependenciesOf(steps: readonly NewWorkflowStep[]): Dependencies {
  const dependencies = new Map<string, readonly string[]>();
  let previous: string | undefined;
  for (const step of steps) {
    if (dependencies.has(step.name)) throw workflowInvalid(step.name, 'repeated_step', 'the name is taken');
    dependencies.set(step.name, step.dependsOn?.steps ?? (previous === undefined ? [] : [previous]));
    previous = step.name;
  }
  for (const [name, needed] of dependencies) {
    const unknown = needed.find((other) => !dependencies.has(other));
    if (unknown !== undefined)
      throw workflowInvalid(name, 'unknown_step', `it depends on "${unknown}", which is no step`);
  }
  return dependencies;
}

/** Takes away steps whose dependencies are gone, until none is left; what stays goes round in a circle. */
function requireAcyclic(dependencies: Dependencies): Dependencies {
  const open = new Map([...dependencies].map(([name, needed]) => [name, new Set(needed)]));
  const dependents = new Map<string, string[]>();
  for (const [name, needed] of dependencies) {
    for (const other of needed) dependents.set(other, [...(dependents.get(other) ?? []), name]);
  }
  const free = [...open].filter(([, needed]) => needed.size === 0).map(([name]) => name);
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    open.delete(name);
    for (const dependent of dependents.get(name) ?? []) {
      const needed = open.get(dependent);
      needed?.delete(name);
      if (needed?.size === 0) free.push(dependent);
    }
  }
  const [stuck] = open.keys();
  if (stuck !== undefined) throw workflowInvalid(stuck, 'cycle', 'it waits for itself');
  return dependencies;
}

function requireMembers(steps: readonly NewWorkflowStep[], members: ReadonlySet<string>): void {
  for (const step of steps) {
    const stranger = step.requiredAgents.find((agentId) => !members.has(agentId));
    if (stranger !== undefined) {
      throw workflowInvalid(step.name, 'unknown_agent', `it requires ${stranger}, who is not in the session`);
    }
  }
}
