import { create } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import {
  NewWorkflowSchema,
  StepFailurePolicy,
  StepStatus,
  WorkflowMode,
} from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { moveWorkflow } from '../../../src/bus/session/move-workflow.ts';
import { startWorkflow } from '../../../src/bus/session/start-workflow.ts';
import { stepForTask } from '../../../src/bus/session/step-for-task.ts';
import { A, B, ORCHESTRATOR, started as startedSteps, statuses, T0, T1, T2 } from './workflow-fixture.ts';

const MEMBERS = new Set(['codex://a', 'codex://b']);

const workflow = (steps: { name: string; dependsOn?: { steps: string[] }; requiredAgents?: string[] }[], mode = 0) =>
  create(NewWorkflowSchema, { steps, mode });

// Goal: a workflow starts where its dependencies say. Method: lists and graphs, in both modes.
describe('startWorkflow', () => {
  test('a list is a pipeline: each step waits for the one before', () => {
    const started = startWorkflow(workflow([{ name: 'design' }, { name: 'build' }, { name: 'review' }]), MEMBERS, T0);
    expect(started.steps.map((step) => step.dependsOn)).toEqual([[], ['design'], ['build']]);
    expect(started.steps.map((step) => step.status)).toEqual([
      StepStatus.IN_PROGRESS,
      StepStatus.PENDING,
      StepStatus.PENDING,
    ]);
    expect(started).toMatchObject({ currentStep: 'design', completedSteps: [], pendingSteps: ['build', 'review'] });
    expect(started.steps[0]?.startedAt).toEqual(T0);
  });

  test('a graph starts with every step that waits for none', () => {
    const graph = workflow([
      { name: 'a' },
      { name: 'b', dependsOn: { steps: [] } },
      { name: 'c', dependsOn: { steps: ['a', 'b'] } },
    ]);
    const started = startWorkflow(graph, MEMBERS, T0);
    expect(started.steps.filter((step) => step.status === StepStatus.IN_PROGRESS).map((step) => step.name)).toEqual([
      'a',
      'b',
    ]);
  });

  test('a step holds on failure unless it says otherwise', () => {
    const { steps } = startWorkflow(
      create(NewWorkflowSchema, { steps: [{ name: 'a' }, { name: 'b', onFailure: StepFailurePolicy.SKIP }] }),
      MEMBERS,
      T0,
    );
    expect(steps.map((step) => step.onFailure)).toEqual([StepFailurePolicy.HOLD, StepFailurePolicy.SKIP]);
  });

  test('MANUAL starts nothing', () => {
    const started = startWorkflow(workflow([{ name: 'a' }], WorkflowMode.MANUAL), MEMBERS, T0);
    expect(started).toMatchObject({ currentStep: '', pendingSteps: ['a'] });
  });

  test.each([
    ['repeated_step', [{ name: 'a' }, { name: 'a' }]],
    ['unknown_step', [{ name: 'a', dependsOn: { steps: ['x'] } }]],
    ['cycle', [{ name: 'a', dependsOn: { steps: ['b'] } }, { name: 'b' }]],
    ['cycle', [{ name: 'a', dependsOn: { steps: ['a'] } }]],
    ['unknown_agent', [{ name: 'a', requiredAgents: ['codex://stranger'] }]],
  ])('refuses %s', (problem, steps) => {
    expect(() => startWorkflow(workflow(steps), MEMBERS, T0)).toThrow(
      expect.objectContaining({ reason: 'WORKFLOW_INVALID', facts: expect.objectContaining({ problem }) }),
    );
  });
});

// Goal: the orchestrator's word is taken, and times stay those of the first arrival.
describe('moveWorkflow', () => {
  const started = startWorkflow(workflow([{ name: 'design' }, { name: 'build' }, { name: 'review' }]), MEMBERS, T0);
  const position = { currentStep: 'build', completedSteps: ['design'], pendingSteps: ['review'] };

  test('sets current, completed and pending steps with their times', () => {
    const moved = moveWorkflow(started, position, T1);
    expect(moved).toMatchObject(position);
    expect(moved.steps[0]).toMatchObject({ status: StepStatus.COMPLETED, startedAt: T0, completedAt: T1 });
    expect(moved.steps[1]).toMatchObject({ status: StepStatus.IN_PROGRESS, startedAt: T1 });
  });

  test('saying it again changes nothing', () => {
    const moved = moveWorkflow(started, position, T1);
    expect(moveWorkflow(moved, position, T2)).toEqual(moved);
  });

  test('a step that goes back to pending loses its times', () => {
    const moved = moveWorkflow(started, { currentStep: '', completedSteps: [], pendingSteps: ['design'] }, T1);
    expect(moved.steps[0]?.startedAt).toBeUndefined();
  });

  test.each([
    ['unknown_step', { currentStep: 'deploy', completedSteps: [], pendingSteps: [] }],
    ['repeated_step', { currentStep: 'build', completedSteps: ['build'], pendingSteps: [] }],
  ])('refuses %s', (problem, wrong) => {
    expect(() => moveWorkflow(started, wrong, T1)).toThrow(
      expect.objectContaining({ reason: 'WORKFLOW_INVALID', facts: expect.objectContaining({ problem }) }),
    );
  });
});

// Goal: an AUTOMATIC workflow goes on from where its orchestrator put it. Method: steps left unsaid, the current one marked `*`.
describe('moveWorkflow and the steps that are not named', () => {
  const names = ['design', 'build', 'review'].map((name) => ({ name }));
  const completed = (...completedSteps: string[]) => ({ currentStep: '', completedSteps, pendingSteps: [] });

  test.each([
    ['starts what waited for a completed step', completed('design'), ['COMPLETED', 'IN_PROGRESS*', 'PENDING']],
    ['lets one that is under way be the current one', completed('build'), ['IN_PROGRESS*', 'COMPLETED', 'IN_PROGRESS']],
    ['ends when all is done', completed('design', 'build', 'review'), ['COMPLETED', 'COMPLETED', 'COMPLETED']],
    [
      'holds a step that is named as pending',
      { ...completed('design'), pendingSteps: ['build'] },
      ['COMPLETED', 'PENDING', 'PENDING'],
    ],
    [
      'takes the word of the orchestrator for the current step',
      { ...completed('design'), currentStep: 'review' },
      ['COMPLETED', 'IN_PROGRESS', 'IN_PROGRESS*'],
    ],
  ])('%s', (_, position, expected) => {
    const moved = moveWorkflow(startedSteps(names), position, T1);
    const shown = Object.entries(statuses(moved)).map(
      ([name, status]) => `${status}${name === moved.currentStep ? '*' : ''}`,
    );
    expect(shown).toEqual(expected);
    expect(moveWorkflow(moved, position, T2)).toEqual(moved);
  });

  test('a step starts after one that was skipped', () => {
    const started = startedSteps(names);
    const skipped = { ...started, steps: started.steps.map((step) => ({ ...step })) };
    skipped.steps[0]!.status = StepStatus.SKIPPED;
    expect(statuses(moveWorkflow(skipped, completed(), T1))).toEqual({
      design: 'SKIPPED',
      build: 'IN_PROGRESS',
      review: 'PENDING',
    });
  });

  test('MANUAL does what it is told and no more', () => {
    const moved = moveWorkflow(startedSteps(names, WorkflowMode.MANUAL), completed('design'), T1);
    expect(statuses(moved)).toEqual({ design: 'COMPLETED', build: 'PENDING', review: 'PENDING' });
    const current = moveWorkflow(moved, { ...completed(), currentStep: 'build' }, T1);
    expect(moveWorkflow(current, completed(), T2)).toMatchObject({ currentStep: '', steps: current.steps });
  });
});

// Goal: a task that names no step finds the one it is for. Method: steps under way, waiting and over, in both modes.
describe('stepForTask', () => {
  const steps = [
    { name: 'design', requiredAgents: [A] },
    { name: 'review', requiredAgents: [ORCHESTRATOR, A, B], dependsOn: {} },
    { name: 'deploy', requiredAgents: ['codex://fallback'] },
  ];

  test.each([
    ['the first under way that requires its recipient', A, 'design'],
    ['the one that requires its recipient', B, 'review'],
    ["the orchestrator's, for a task to the orchestrator", ORCHESTRATOR, 'review'],
    ['none, if the step has not started', 'codex://fallback', ''],
    ['none, if no step requires the recipient', 'codex://stranger', ''],
  ])('%s', (_, recipient, expected) => {
    expect(stepForTask(startedSteps(steps), recipient)).toBe(expected);
  });

  test('passes over a step that is completed', () => {
    const position = { currentStep: 'review', completedSteps: ['design'], pendingSteps: [] };
    expect(stepForTask(moveWorkflow(startedSteps(steps), position, T1), A)).toBe('review');
  });

  test('MANUAL puts tasks nowhere', () => {
    const position = { currentStep: 'design', completedSteps: [], pendingSteps: [] };
    const workflow = moveWorkflow(startedSteps(steps, WorkflowMode.MANUAL), position, T1);
    expect(stepForTask(workflow, A)).toBe('');
  });
});
