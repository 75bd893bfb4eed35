import { describe, expect, test } from 'vitest';
import type { Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { StepFailurePolicy, type Workflow, WorkflowMode } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { advanceWorkflow } from '../../../src/bus/session/advance-workflow.ts';
import { moveWorkflow } from '../../../src/bus/session/move-workflow.ts';
import { reopenStep } from '../../../src/bus/session/reopen-step.ts';
import { A, B, FALLBACK, ORCHESTRATOR, started, statuses, T0, T1, T2, task } from './workflow-fixture.ts';

const { HOLD, SKIP, STOP } = StepFailurePolicy;

const advance = (workflow: Workflow, tasks: Iterable<Task>, touched?: string[]) =>
  advanceWorkflow({ workflow, orchestrator: ORCHESTRATOR, tasks, ...(touched && { touched }) }, T1);

// Goal: a step ends exactly when the contract says.
// Method: one step under way, tables of whom it requires and which tasks it has, one for each outcome.
describe('a step', () => {
  const s = (agentId: string, status: keyof typeof TaskStatus) => task('s', agentId, status);
  const viaFallback = (status: keyof typeof TaskStatus) => ({ ...s(FALLBACK, status), requestedAssignee: A });
  const given = (requiredAgents: string[], tasks: Task[]) => advance(started([{ name: 's', requiredAgents }]), tasks);

  test.each<[string, string[], Task[]]>([
    ['without tasks', [A], []],
    ['without tasks, although it requires nobody', [], []],
    ['with tasks of no step and of other steps', [A], [task('', A, 'COMPLETED'), task('x', A, 'FAILED')]],
    ['until each agent has completed one', [A, B], [s(A, 'COMPLETED')]],
    ['with the task of another agent', [A], [s(B, 'COMPLETED')]],
    ['while a task is queued', [A], [s(A, 'COMPLETED'), s(B, 'QUEUED')]],
    ['while a task is delivered', [A], [s(A, 'COMPLETED'), s(B, 'DELIVERED')]],
    ['while a task is worked on', [A], [s(A, 'COMPLETED'), s(A, 'WORKING')]],
    ['while a task is open, although it requires nobody', [], [s(A, 'COMPLETED'), s(B, 'QUEUED')]],
    ['while a task is open after one that failed', [A], [s(A, 'FAILED'), s(A, 'QUEUED')]],
    ['after a cancelled task', [A], [s(A, 'CANCELLED')]],
    ["that is the orchestrator's alone, after its success", [ORCHESTRATOR], [s(ORCHESTRATOR, 'COMPLETED')]],
    ["that is the orchestrator's alone, after a failure", [ORCHESTRATOR], [s(A, 'FAILED')]],
  ])('goes on %s', (_, required, tasks) => {
    expect(given(required, tasks)).toEqual({});
  });

  test.each<[string, string[], Task[]]>([
    ['with the agent that it requires', [A], [s(A, 'COMPLETED')]],
    ['with the last agent that it requires', [A, B], [s(A, 'COMPLETED'), s(B, 'COMPLETED')]],
    ['without the orchestrator', [ORCHESTRATOR, A], [s(A, 'COMPLETED')]],
    ['with any task if it requires nobody', [], [s(B, 'COMPLETED')]],
    ['for the agent that was asked before its fallback', [A], [viaFallback('COMPLETED')]],
    ['for the fallback agent too', [A, FALLBACK], [viaFallback('COMPLETED')]],
    ['with an agent that failed before', [A], [s(A, 'FAILED'), s(A, 'COMPLETED')]],
    ['after the failure of an agent that it does not require', [A], [s(B, 'FAILED'), s(A, 'COMPLETED')]],
    ['with one success after a failure if it requires nobody', [], [s(A, 'FAILED'), s(B, 'COMPLETED')]],
    ['beside a cancelled task', [A], [s(A, 'CANCELLED'), s(A, 'COMPLETED')]],
  ])('completes %s', (_, required, tasks) => {
    const { workflow, stoppedBy } = given(required, tasks);
    expect(statuses(workflow!)).toEqual({ s: 'COMPLETED' });
    expect(workflow?.steps[0]).toMatchObject({ startedAt: T0, completedAt: T1 });
    expect(stoppedBy).toBeUndefined();
  });

  test.each<[string, string[], Task[]]>([
    ['with a failed task', [A], [s(A, 'FAILED')]],
    ['with a task that timed out', [A], [s(A, 'TIMED_OUT')]],
    ['with a task that failed at a fallback agent', [A], [viaFallback('FAILED')]],
    ['with one agent of two', [A, B], [s(A, 'COMPLETED'), s(B, 'FAILED')]],
    ['with an agent that it does not require', [A], [s(B, 'FAILED')]],
    ['with its only task if it requires nobody', [], [s(B, 'FAILED')]],
    ['beside a cancelled task', [A], [s(A, 'FAILED'), s(A, 'CANCELLED')]],
  ])('fails %s', (_, required, tasks) => {
    expect(statuses(given(required, tasks).workflow!)).toEqual({ s: 'FAILED' });
  });
});

// Goal: what follows a failure is what the step says. Method: two steps in a row, one policy after the other.
describe('the failure of a step', () => {
  test.each([
    ['UNSPECIFIED', { policy: undefined, statuses: ['FAILED', 'PENDING'], stoppedBy: undefined }],
    ['HOLD', { policy: HOLD, statuses: ['FAILED', 'PENDING'], stoppedBy: undefined }],
    ['SKIP', { policy: SKIP, statuses: ['SKIPPED', 'IN_PROGRESS'], stoppedBy: undefined }],
    ['STOP', { policy: STOP, statuses: ['FAILED', 'PENDING'], stoppedBy: 'first' }],
  ])('%s', (_, { policy, ...expected }) => {
    const first = { name: 'first', requiredAgents: [A], ...(policy && { onFailure: policy }) };
    const { workflow, stoppedBy } = advance(started([first, { name: 'next' }]), [task('first', A, 'FAILED')]);
    expect({ statuses: Object.values(statuses(workflow!)), stoppedBy }).toEqual(expected);
    expect(workflow?.steps[0]).toMatchObject({ startedAt: T0, completedAt: T1 });
  });

  test('STOP is said once, when the step fails', () => {
    const before = started([
      { name: 'first', requiredAgents: [A], onFailure: STOP },
      { name: 'beside', dependsOn: {} },
    ]);
    const { workflow } = advance(before, [task('first', A, 'FAILED')]);
    expect(advance(workflow!, [task('first', A, 'FAILED')])).toEqual({});
  });

  test('a step that started with a failed task fails at once', () => {
    const before = started([{ name: 'first' }, { name: 'next', requiredAgents: [A], onFailure: STOP }]);
    const { workflow, stoppedBy } = advance(before, [task('next', A, 'FAILED'), task('first', B, 'COMPLETED')]);
    expect(statuses(workflow!)).toEqual({ first: 'COMPLETED', next: 'FAILED' });
    expect(stoppedBy).toBe('next');
  });
});

// Goal: steps start as soon as they can and never before. Method: small graphs whose outcome is plain to see.
describe('the start of a step', () => {
  const diamond = () =>
    started([
      { name: 'plan' },
      { name: 'left', dependsOn: { steps: ['plan'] } },
      { name: 'right', dependsOn: { steps: ['plan'] } },
      { name: 'join', dependsOn: { steps: ['left', 'right'] } },
    ]);

  test('waits for all dependencies', () => {
    const plan = task('plan', A, 'COMPLETED');
    const forked = advance(diamond(), [plan]).workflow!;
    expect(statuses(forked)).toEqual({
      plan: 'COMPLETED',
      left: 'IN_PROGRESS',
      right: 'IN_PROGRESS',
      join: 'PENDING',
    });
    expect(forked).toMatchObject({ currentStep: 'left', completedSteps: ['plan'], pendingSteps: ['join'] });
    expect(forked.steps[1]).toMatchObject({ startedAt: T1 });
    const half = advance(forked, [plan, task('right', A, 'COMPLETED')]).workflow!;
    expect(statuses(half)).toMatchObject({ left: 'IN_PROGRESS', right: 'COMPLETED', join: 'PENDING' });
  });

  test('goes through steps whose tasks were done before their turn', () => {
    const tasks = ['join', 'left', 'right', 'plan'].map((step) => task(step, A, 'COMPLETED'));
    const { workflow } = advance(diamond(), tasks);
    expect(workflow).toMatchObject({
      currentStep: '',
      completedSteps: ['plan', 'left', 'right', 'join'],
      pendingSteps: [],
    });
  });

  test('does not depend on the order in which the steps were given', () => {
    const before = started([
      { name: 'last', dependsOn: { steps: ['middle'] } },
      { name: 'middle', dependsOn: { steps: ['first'] } },
      { name: 'first', dependsOn: {} },
    ]);
    const { workflow } = advance(before, [task('first', A, 'COMPLETED'), task('middle', A, 'COMPLETED')]);
    expect(statuses(workflow!)).toEqual({ last: 'IN_PROGRESS', middle: 'COMPLETED', first: 'COMPLETED' });
  });

  test('leaves a step pending that the orchestrator set back', () => {
    const before = started([{ name: 'a' }, { name: 'b', dependsOn: {} }]);
    const position = { currentStep: 'b', completedSteps: [], pendingSteps: ['a'] };
    const { workflow } = advance(moveWorkflow(before, position, T0), [task('b', A, 'COMPLETED')]);
    expect(statuses(workflow!)).toEqual({ a: 'PENDING', b: 'COMPLETED' });
  });

  test('leaves the current step current while it is under way', () => {
    const before = started(['a', 'b', 'c'].map((name) => ({ name, dependsOn: {} })));
    const moved = moveWorkflow(before, { currentStep: 'b', completedSteps: [], pendingSteps: [] }, T0);
    expect(advance(moved, [task('c', A, 'COMPLETED')]).workflow).toMatchObject({ currentStep: 'b' });
    expect(advance(moved, [task('b', A, 'COMPLETED')]).workflow).toMatchObject({ currentStep: 'a' });
  });
});

// Goal: the bus leaves alone what it was not asked about. Method: workflows that must not move, and reads counted.
describe('what does not move', () => {
  test('a MANUAL workflow', () => {
    const before = moveWorkflow(
      started([{ name: 's', requiredAgents: [A] }], WorkflowMode.MANUAL),
      { currentStep: 's', completedSteps: [], pendingSteps: [] },
      T0,
    );
    expect(advance(before, [task('s', A, 'COMPLETED')])).toEqual({});
    expect(advance(before, [task('s', A, 'FAILED')])).toEqual({});
  });

  test('a step that is not touched', () => {
    const before = started([{ name: 'a' }, { name: 'b', dependsOn: {} }]);
    const tasks = [task('a', A, 'COMPLETED'), task('b', A, 'COMPLETED')];
    expect(statuses(advance(before, tasks, ['b']).workflow!)).toEqual({ a: 'IN_PROGRESS', b: 'COMPLETED' });
    expect(advance(before, tasks, [''])).toEqual({});
  });

  test('tasks are read once, and not at all when no step is under way', () => {
    let reads = 0;
    const many = Array.from({ length: 10_000 }, (_, index) => task(`step${index % 256}`, A, 'COMPLETED'));
    const counted = {
      *[Symbol.iterator]() {
        for (const one of many) {
          reads += 1;
          yield one;
        }
      },
    };
    const before = started(Array.from({ length: 256 }, (_, index) => ({ name: `step${index}` })));
    const { workflow } = advance(before, counted);
    expect(workflow?.completedSteps).toHaveLength(256);
    expect(reads).toBe(10_000);
    expect(advance(workflow!, counted)).toEqual({});
    expect(reads).toBe(10_000);
  });
});

// Goal: a failed step can be taken up again. Method: fail it, reopen it, end its second task either way.
describe('reopenStep', () => {
  const failure = task('s', A, 'FAILED');
  const failed = advance(started([{ name: 's', requiredAgents: [A] }, { name: 'next' }]), [failure]).workflow!;

  test('puts a failed step under way again, without the time of its end', () => {
    const reopened = reopenStep(failed, 's', T2)!;
    expect(reopened).toMatchObject({ currentStep: 's', pendingSteps: ['next'] });
    expect(reopened.steps[0]).toMatchObject({ startedAt: T0 });
    expect(reopened.steps[0]?.completedAt).toBeUndefined();
    expect(advance(reopened, [failure, task('s', A, 'QUEUED')])).toEqual({});
  });

  test.each([
    ['COMPLETED', { s: 'COMPLETED', next: 'IN_PROGRESS' }],
    ['FAILED', { s: 'FAILED', next: 'PENDING' }],
  ] as const)('its next task, %s, decides again', (status, expected) => {
    const reopened = reopenStep(failed, 's', T2)!;
    expect(statuses(advance(reopened, [failure, task('s', A, status)]).workflow!)).toEqual(expected);
  });

  test.each([
    ['a step that has not failed', failed, 'next'],
    ['no step', failed, ''],
    ['a MANUAL workflow', { ...failed, mode: WorkflowMode.MANUAL }, 's'],
  ])('changes nothing in %s', (_, workflow, name) => {
    expect(reopenStep(workflow, name, T2)).toBeUndefined();
  });
});
