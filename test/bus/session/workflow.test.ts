import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { describe, expect, test } from 'vitest';
import { NewWorkflowSchema, StepStatus, WorkflowMode } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import { moveWorkflow } from '../../../src/bus/session/move-workflow.ts';
import { startWorkflow } from '../../../src/bus/session/start-workflow.ts';

const T0 = timestampFromMs(1_000);
const T1 = timestampFromMs(2_000);
const T2 = timestampFromMs(3_000);
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
