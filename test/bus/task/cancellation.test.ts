/**
 * Goal: what is called off ends, with all that it caused, and whoever works on it hears of it at once.
 * Method: the real bus on the real engine, time by hand.
 */

import { create, fromBinary } from '@bufbuild/protobuf';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EnvelopeSchema } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { CompleteSessionRequestSchema } from '../../../gen/ts/agentbus/v1/session_service_pb.js';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { StepFailurePolicy } from '../../../gen/ts/agentbus/v1/workflow_pb.js';
import type { Lease } from '../../../src/engine/engine.ts';
import { anybody, BACKEND, callerFor, FRONTEND, ORCHESTRATOR, QA } from '../../open-bus.ts';
import { openTaskRig, SESSION, type TaskRig } from './task-rig.ts';

let rig: TaskRig;
beforeEach(async () => {
  rig = await openTaskRig();
});
afterEach(() => rig.bus.close());

const refusal = (reason: string, facts: object = {}) =>
  expect.objectContaining({ reason, facts: expect.objectContaining(facts) });
const news = (leases: readonly Lease[]) =>
  leases.map(({ envelope }) => fromBinary(EnvelopeSchema, envelope).content.value);

describe('a task that is called off', () => {
  test('has ended; what waits is taken back, and nobody is told who never had it', async () => {
    await rig.delegate('t');
    expect(await rig.cancel('t')).toMatchObject({
      status: TaskStatus.CANCELLED,
      error: { reason: 'CANCELLED', message: 'not needed' },
    });
    expect(await rig.receive()).toEqual([]);
    expect(rig.engine.mailboxes.depth(BACKEND).messages).toBe(0);
    expect(await rig.event('TASK_CANCELLED')).toMatchObject({ actor: ORCHESTRATOR });
  });

  test('interrupts the agent that has it, also one without any credit left', async () => {
    const got: Lease[] = [];
    const consumer = rig.bus.deliveries.consume({
      agentId: BACKEND,
      holder: 'stream',
      maxInFlight: 1,
      leaseMs: 30_000,
      deliver: (leases) => got.push(...leases) > 0,
      failed: (error) => expect.unreachable(String(error)),
    });
    await rig.delegate('t');
    await rig.event('TASK_DELIVERED');
    await rig.cancel('t');
    await rig.bus.flush();
    expect(news(got)).toEqual([
      { text: 'hello' },
      { event: 'task_cancelled', task_id: 't', delegator: ORCHESTRATOR, code: 'CANCELLED', reason: 'not needed' },
    ]);
    expect(await consumer.acknowledge([got[0]?.deliveryId ?? ''])).toEqual({ stale: [got[0]?.deliveryId] });
  });

  test('takes what it caused with it, to the last', async () => {
    await rig.delegate('p');
    await rig.delegate('c', { from: BACKEND, to: FRONTEND, parentTaskId: 'p' });
    await rig.delegate('g', { from: FRONTEND, to: QA, parentTaskId: 'c' });
    await rig.delegate('other', { to: QA });
    await rig.cancel('p');
    expect((await rig.task('c')).error?.reason).toBe('PARENT_CANCELLED');
    expect((await rig.task('g')).error?.reason).toBe('PARENT_CANCELLED');
    expect((await rig.task('other')).status).toBe(TaskStatus.QUEUED);
    const again = rig.delegate('late', { from: BACKEND, to: QA, parentTaskId: 'p' });
    await expect(again).rejects.toEqual(refusal('TASK_ENDED', { task_id: 'p', status: 'CANCELLED' }));
  });

  test('a repeat changes nothing, and another ending stays what it is', async () => {
    await rig.delegate('t');
    const first = await rig.cancel('t');
    expect(await rig.cancel('t')).toEqual(first);
    await rig.delegate('u');
    await rig.respond(BACKEND, 'u');
    await expect(rig.cancel('u')).rejects.toEqual(refusal('TASK_ENDED', { task_id: 'u', status: 'COMPLETED' }));
  });

  test('has one end when it is called off twice at once', async () => {
    await rig.delegate('t');
    const [first, second] = await Promise.all([rig.cancel('t'), rig.cancel('t')]);
    expect(second).toEqual(first);
    expect((await rig.story()).filter((type) => type === 'taskCancelled')).toHaveLength(1);
  });

  test('is called off by its delegator and the orchestrator alone', async () => {
    await rig.delegate('t', { from: BACKEND, to: QA });
    await expect(rig.cancel('t', FRONTEND)).rejects.toEqual(refusal('NOT_DELEGATOR', { delegator: BACKEND }));
    await expect(rig.cancel('none')).rejects.toEqual(refusal('TASK_NOT_FOUND', { task_id: 'none' }));
    expect((await rig.cancel('t', BACKEND)).status).toBe(TaskStatus.CANCELLED);
    const stranger = { sessionId: SESSION, taskId: 't', delegator: '', reason: '' };
    await expect(rig.bus.tasks.cancel(callerFor('x://y'), stranger)).rejects.toEqual(refusal('SESSION_NOT_FOUND'));
  });
});

describe('a session that ends', () => {
  test('calls off what is open in it, before its last event', async () => {
    await rig.delegate('a');
    await rig.delegate('b', { to: FRONTEND });
    await rig.respond(FRONTEND, 'b');
    await rig.receive();
    await rig.bus.sessions.complete(anybody, create(CompleteSessionRequestSchema, { sessionId: SESSION }));
    expect((await rig.story()).slice(-2)).toEqual(['taskCancelled', 'sessionCompleted']);
    expect((await rig.task('a')).error?.reason).toBe('SESSION_COMPLETED');
    expect(news(await rig.receive())).toMatchObject([{ event: 'task_cancelled', task_id: 'a' }]);
  });
});

describe('a workflow that its tasks move', () => {
  const pipeline = (onFailure: StepFailurePolicy) => ({
    workflow: {
      steps: [
        { name: 'build', requiredAgents: [BACKEND, FRONTEND], onFailure },
        { name: 'review', requiredAgents: [QA] },
      ],
    },
  });
  const steps = async () => {
    const { workflow } = await rig.bus.sessions.get(anybody, SESSION);
    return [workflow?.currentStep, workflow?.completedSteps, workflow?.pendingSteps];
  };
  const begin = async (onFailure: StepFailurePolicy) => {
    await rig.bus.close();
    rig = await openTaskRig({ session: pipeline(onFailure) });
  };

  test('completes a step when all that it requires is done, in the same write as the last answer', async () => {
    await begin(StepFailurePolicy.HOLD);
    await rig.delegate('a');
    await rig.delegate('b', { to: FRONTEND });
    expect((await rig.task('a')).step).toBe('build');
    await rig.respond(BACKEND, 'a');
    expect(await steps()).toEqual(['build', [], ['review']]);
    const { messageId } = await rig.respond(FRONTEND, 'b');
    expect(await steps()).toEqual(['review', ['build'], []]);
    expect(await rig.event('WORKFLOW_UPDATED')).toMatchObject({ actor: FRONTEND, cause: messageId });
  });

  test('stops the session with a step that failed, if the step says so', async () => {
    await begin(StepFailurePolicy.STOP);
    await rig.delegate('a');
    await rig.delegate('b', { to: FRONTEND });
    await rig.respond(FRONTEND, 'b', { status: 'failed' });
    expect((await rig.bus.sessions.get(anybody, SESSION)).state).toBe(SessionState.ACTIVE);
    await rig.delegate('r', { to: QA, step: 'review' });
    await rig.respond(BACKEND, 'a');
    expect(await rig.bus.sessions.get(anybody, SESSION)).toMatchObject({
      state: SessionState.TERMINATED,
      termination: { reason: 'step_failed' },
    });
    expect((await rig.story()).slice(-4)).toEqual([
      'taskCompleted',
      'workflowUpdated',
      'taskCancelled',
      'sessionTerminated',
    ]);
  });

  test('goes on without it, if the step may be skipped; and takes a failed one up again with a new task', async () => {
    await begin(StepFailurePolicy.SKIP);
    await rig.delegate('a');
    await rig.respond(BACKEND, 'a', { status: 'failed' });
    expect(await steps()).toEqual(['review', [], []]);
    await begin(StepFailurePolicy.HOLD);
    await rig.delegate('a');
    await rig.respond(BACKEND, 'a', { status: 'failed' });
    expect(await steps()).toEqual(['', [], ['review']]);
    await rig.delegate('again', { step: 'build' });
    await rig.delegate('b', { to: FRONTEND, step: 'build' });
    await rig.respond(BACKEND, 'again');
    await rig.respond(FRONTEND, 'b');
    expect(await steps()).toEqual(['review', ['build'], []]);
  });
});
