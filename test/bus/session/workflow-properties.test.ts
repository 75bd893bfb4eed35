import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import {
  StepFailurePolicy,
  StepStatus,
  type Workflow,
  WorkflowMode,
  type WorkflowStep,
} from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { advanceWorkflow } from '../../../src/bus/session/advance-workflow.ts';
import { isOpen } from '../../../src/bus/session/evolve-tasks.ts';
import { moveWorkflow } from '../../../src/bus/session/move-workflow.ts';
import { reopenStep } from '../../../src/bus/session/reopen-step.ts';
import { A, B, ORCHESTRATOR, started, statuses, T1, task } from './workflow-fixture.ts';

const { PENDING, IN_PROGRESS, COMPLETED, FAILED, SKIPPED } = StepStatus;
const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** Steps that depend on any of those before them, in an order of their own. */
const graph = fc
  .tuple(
    ...NAMES.map((name, index) =>
      fc.record({
        name: fc.constant(name),
        requiredAgents: fc.subarray([A, B, ORCHESTRATOR]),
        dependsOn: fc.record({ steps: fc.subarray(NAMES.slice(0, index)) }),
        onFailure: fc.constantFrom(StepFailurePolicy.HOLD, StepFailurePolicy.SKIP, StepFailurePolicy.STOP),
      }),
    ),
  )
  .chain((steps) => fc.shuffledSubarray(steps, { minLength: steps.length }));

type Outcome = 'COMPLETED' | 'FAILED' | 'TIMED_OUT' | 'CANCELLED';

const agent = fc.constantFrom(A, B, ORCHESTRATOR);
const anyStep = fc.constantFrom(...NAMES);
const outcome = fc.constantFrom<Outcome>('COMPLETED', 'COMPLETED', 'FAILED', 'TIMED_OUT', 'CANCELLED');

type Move =
  | { readonly does: 'delegate'; readonly step: string; readonly assignee: string }
  | { readonly does: 'end'; readonly which: number; readonly status: Outcome }
  | { readonly does: 'update'; readonly completed: string[]; readonly pending: string[] };

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('delegate'), step: anyStep, assignee: agent }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant('end'), which: fc.nat(), status: outcome }) },
  {
    weight: 1,
    arbitrary: fc
      .subarray(NAMES, { maxLength: 3 })
      .map(([first, ...pending]): Move => ({ does: 'update', completed: first === undefined ? [] : [first], pending })),
  },
);

interface Run {
  workflow: Workflow;
  readonly tasks: Task[];
}

const advance = ({ workflow, tasks }: Run) => advanceWorkflow({ workflow, tasks, orchestrator: ORCHESTRATOR }, T1);

function make(run: Run, next: Move): void {
  const { tasks } = run;
  switch (next.does) {
    case 'delegate':
      tasks.push(task(next.step, next.assignee, 'QUEUED'));
      run.workflow = reopenStep(run.workflow, next.step, T1) ?? run.workflow;
      break;
    case 'end': {
      const open = tasks.filter(isOpen);
      const ending = open[next.which % open.length];
      if (ending !== undefined) ending.status = TaskStatus[next.status];
      break;
    }
    case 'update': {
      const position = { currentStep: '', completedSteps: next.completed, pendingSteps: next.pending };
      run.workflow = moveWorkflow(run.workflow, position, T1);
      break;
    }
  }
}

function stepOf({ steps }: Workflow, name: string): WorkflowStep {
  return steps.find((step) => step.name === name)!;
}

function expectAgreement({ steps, currentStep, completedSteps, pendingSteps }: Workflow): void {
  const named = (status: StepStatus) => steps.filter((step) => step.status === status).map((step) => step.name);
  expect(completedSteps).toEqual(named(COMPLETED));
  expect(pendingSteps).toEqual(named(PENDING));
  const underWay = named(IN_PROGRESS);
  expect(underWay.length === 0 ? [''] : underWay).toContain(currentStep);
  for (const step of steps) {
    expect(step.startedAt !== undefined).toBe(step.status !== PENDING);
    expect(step.completedAt !== undefined).toBe([COMPLETED, FAILED, SKIPPED].includes(step.status));
  }
}

function expectLawful(before: Workflow, { workflow: after, tasks }: Run): void {
  const ways: Partial<Record<StepStatus, StepStatus[]>> = {
    [PENDING]: [PENDING, IN_PROGRESS, COMPLETED, FAILED, SKIPPED],
    [IN_PROGRESS]: [IN_PROGRESS, COMPLETED, FAILED, SKIPPED],
  };
  for (const step of after.steps) {
    const was = stepOf(before, step.name).status;
    expect(ways[was] ?? [was]).toContain(step.status);
    if (was === step.status) continue;
    const waitedFor = was === PENDING ? step.dependsOn : [];
    for (const name of waitedFor) expect([COMPLETED, SKIPPED]).toContain(stepOf(after, name).status);
    const own = tasks.filter((one) => one.step === step.name);
    if (step.status !== IN_PROGRESS) expect(own.filter(isOpen)).toEqual([]);
    if (step.status === COMPLETED) expect(own.map((one) => one.status)).toContain(TaskStatus.COMPLETED);
  }
}

// Goal: whatever happens in a session, its workflow stays in order. Method: random graphs and random sessions; after
// each change the workflow is advanced and compared with what it was.
test('a workflow keeps its order through any session', () => {
  fc.assert(
    fc.property(graph, fc.array(move, { maxLength: 60, size: 'max' }), (steps, moves) => {
      const run: Run = { workflow: started(steps), tasks: [] };
      expectAgreement(run.workflow);
      for (const next of moves) {
        make(run, next);
        expectAgreement(run.workflow);
        const before = structuredClone(run.workflow);
        const { workflow = run.workflow, stoppedBy } = advance(run);
        expect(run.workflow).toEqual(before);
        run.workflow = workflow;
        expectLawful(before, run);
        expectAgreement(workflow);
        expect(advance(run)).toEqual({});
        if (stoppedBy === undefined) continue;
        expect(stepOf(workflow, stoppedBy)).toMatchObject({ status: FAILED, onFailure: StepFailurePolicy.STOP });
        return;
      }
    }),
  );
});

// Goal: nothing is forgotten. Method: every agent completes its task in every step, in any order, before the first advance.
test('a workflow whose tasks are all done ends at once', () => {
  const ended = fc.shuffledSubarray(
    NAMES.flatMap((step) => [A, B].map((assignee) => ({ step, assignee }))),
    { minLength: NAMES.length * 2 },
  );
  fc.assert(
    fc.property(graph, ended, (steps, done) => {
      const others = (agentIds: string[]) => agentIds.filter((agentId) => agentId !== ORCHESTRATOR);
      const workflow = started(steps.map((step) => ({ ...step, requiredAgents: others(step.requiredAgents) })));
      const tasks = done.map(({ step, assignee }) => task(step, assignee, 'COMPLETED'));
      expect(new Set(Object.values(statuses(advance({ workflow, tasks }).workflow!)))).toEqual(new Set(['COMPLETED']));
    }),
  );
});

// Goal: the outcome follows from graph and tasks alone. Method: both in the opposite order.
test('the order of steps and tasks does not matter', () => {
  const ended = fc.array(fc.record({ step: anyStep, assignee: agent, status: outcome }), { maxLength: 30 });
  fc.assert(
    fc.property(graph, ended, (steps, done) => {
      const tasks = done.map(({ step, assignee, status }) => task(step, assignee, status));
      const run = { workflow: started(steps), tasks };
      const reversed = { workflow: started(steps.toReversed()), tasks: tasks.toReversed() };
      const after = ({ workflow }: Run) => statuses(workflow);
      expect(after({ ...reversed, ...advance(reversed) })).toEqual(after({ ...run, ...advance(run) }));
    }),
  );
});

// Goal: a MANUAL workflow is its orchestrator's alone. Method: any session; only its updates may change anything.
test('MANUAL never moves', () => {
  fc.assert(
    fc.property(graph, fc.array(move, { maxLength: 30 }), (steps, moves) => {
      const run: Run = { workflow: started(steps, WorkflowMode.MANUAL), tasks: [] };
      for (const next of moves) {
        const before = run.workflow;
        make(run, next);
        if (next.does !== 'update') expect(run.workflow).toBe(before);
        expect(advance(run)).toEqual({});
      }
    }),
  );
});
