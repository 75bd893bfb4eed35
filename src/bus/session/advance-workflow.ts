import type { Timestamp } from '@bufbuild/protobuf/wkt';
import { type Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import {
  StepFailurePolicy,
  StepStatus,
  type Workflow,
  type WorkflowStep,
} from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { isOpen } from './evolve-tasks.ts';
import { isAutomatic, mayStart, stepsByName, summarize, withStatus } from './step-status.ts';

/** What a workflow is moved on by. */
export interface WorkflowState {
  readonly workflow: Workflow;
  /** Agent id. What a step requires of the orchestrator is done by UpdateWorkflow and not counted. */
  readonly orchestrator: string;
  /** All tasks of the session, those that just began or ended included. */
  readonly tasks: Iterable<Task>;
  /**
   * Names of the steps to look at first: those in which a task ended. Default: all that are under way. A step that the
   * orchestrator took up again after its tasks were completed is left alone as long as it is not named.
   */
  readonly touched?: readonly string[];
}

/** What became of a workflow. */
export interface WorkflowAdvance {
  /** The workflow from now on; absent if nothing changed. */
  readonly workflow?: Workflow;
  /** Name of the first step that failed under the policy STOP: the session is to be terminated. */
  readonly stoppedBy?: string;
}

/**
 * Moves a workflow on as far as its tasks carry it: steps complete, fail or are skipped, and steps that waited for
 * them start, some of them with all of their tasks done. Doing it again changes nothing more.
 *
 * A step starts when the last of its dependencies is over, and not merely because they are: one that the orchestrator
 * set back to PENDING stays there. A MANUAL workflow never changes. Pure; takes time in proportion to the tasks.
 */
export function advanceWorkflow(state: WorkflowState, time: Timestamp): WorkflowAdvance {
  const { workflow, orchestrator, tasks } = state;
  const queue = underWay(state);
  if (queue.length === 0 || !isAutomatic(workflow)) return {};
  const steps = stepsByName(workflow.steps);
  const tasksOf = Map.groupBy(tasks, (task) => task.step);
  const ended: WorkflowStep[] = [];
  // The steps that start are looked at in their turn: the loop sees what is pushed while it runs.
  for (const step of queue) {
    const status = outcomeOf(step, tasksOf.get(step.name) ?? [], orchestrator);
    if (status === undefined) continue;
    const over = withStatus(step, status, time);
    ended.push(over);
    steps.set(step.name, over);
    for (const next of steps.values()) {
      if (!next.dependsOn.includes(step.name) || !mayStart(next, steps)) continue;
      const started = withStatus(next, StepStatus.IN_PROGRESS, time);
      steps.set(next.name, started);
      queue.push(started);
    }
  }
  if (ended.length === 0) return {};
  const stopping = ended.find(stopsSession);
  return {
    workflow: { ...workflow, ...summarize([...steps.values()], workflow.currentStep) },
    ...(stopping && { stoppedBy: stopping.name }),
  };
}

function underWay({ workflow, touched }: WorkflowState): WorkflowStep[] {
  const started = workflow.steps.filter((step) => step.status === StepStatus.IN_PROGRESS);
  return touched === undefined ? started : started.filter((step) => touched.includes(step.name));
}

function stopsSession({ status, onFailure }: WorkflowStep): boolean {
  return status === StepStatus.FAILED && onFailure === StepFailurePolicy.STOP;
}

/** The status at which a step that is under way ends; undefined while it goes on. */
function outcomeOf({ requiredAgents, onFailure }: WorkflowStep, tasks: Task[], orchestrator: string) {
  if (tasks.some(isOpen)) return undefined;
  const counted = requiredAgents.filter((agentId) => agentId !== orchestrator);
  const isOrchestratorsOwn = counted.length === 0 && requiredAgents.length > 0;
  if (isOrchestratorsOwn) return undefined;
  const completed = tasks.filter(({ status }) => status === TaskStatus.COMPLETED);
  // A fallback agent's success is also that of the agent whose place it took.
  const agents = new Set(completed.flatMap(({ assignee, requestedAssignee }) => [assignee, requestedAssignee]));
  const isDone = counted.length === 0 ? completed.length > 0 : counted.every((agentId) => agents.has(agentId));
  if (isDone) return StepStatus.COMPLETED;
  if (!tasks.some(hasFailed)) return undefined;
  return onFailure === StepFailurePolicy.SKIP ? StepStatus.SKIPPED : StepStatus.FAILED;
}

/** A task that was called off has neither failed nor succeeded. */
function hasFailed({ status }: Task): boolean {
  return status === TaskStatus.FAILED || status === TaskStatus.TIMED_OUT;
}
