/**
 * Goal: a task outside of sessions has the same life as any other, and nobody sees its log.
 * Method: the real bus on the real engine, time by hand.
 */

import { durationFromMs, timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { SessionState } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { anybody, BACKEND, callerFor, FRONTEND, message, ORCHESTRATOR, QA } from '../../open-bus.ts';
import { openTaskRig, type TaskRig } from './task-rig.ts';

let rig: TaskRig;
beforeEach(async () => {
  rig = await openTaskRig();
  for (const agentId of [BACKEND, FRONTEND, QA]) (await rig.connect(agentId)).close();
});
afterEach(() => rig.bus.close());

const refusal = (reason: string, facts: object = {}) =>
  expect.objectContaining({ reason, facts: expect.objectContaining(facts) });
const loose = { sessionId: '' };
const get = (taskId: string, delegator = ORCHESTRATOR, caller = anybody) =>
  rig.bus.tasks.get(caller, { sessionId: '', taskId, delegator });
const answer = (from: string, taskId: string, fields: object = {}) =>
  rig.bus.messages.send(
    anybody,
    message({
      messageType: MessageType.TASK_RESPONSE,
      sender: { agentId: from },
      recipient: { target: { case: 'agentId', value: ORCHESTRATOR } },
      correlationId: taskId,
      content: { case: 'payload', value: { done: true } },
      ...fields,
    }),
  );

beforeEach(async () => {
  (await rig.connect(ORCHESTRATOR)).close();
});

describe('a task outside of sessions', () => {
  test('is delegated, delivered, acknowledged and answered', async () => {
    await rig.delegate('t', loose);
    expect(await get('t')).toMatchObject({ sessionId: '', status: TaskStatus.QUEUED });
    await rig.acknowledge(BACKEND, await rig.receive());
    expect((await get('t')).status).toBe(TaskStatus.WORKING);
    await answer(BACKEND, 't');
    expect(await get('t')).toMatchObject({
      status: TaskStatus.COMPLETED,
      result: { content: { value: { done: true } } },
    });
    expect(await rig.receive(ORCHESTRATOR)).toHaveLength(1);
  });

  test('is retried and falls back', async () => {
    await rig.delegate('t', { ...loose, routing: { timeout: durationFromMs(1_000), fallbackAgents: [FRONTEND] } });
    rig.clock.advance(1_000);
    await expect.poll(async () => (await get('t')).assignee).toBe(FRONTEND);
    await answer(FRONTEND, 't');
    expect((await get('t')).status).toBe(TaskStatus.COMPLETED);
  });

  test('keeps no record of answers by those who were never asked', async () => {
    await rig.delegate('t', { ...loose, routing: { fallbackAgents: [FRONTEND] } });
    await answer(QA, 't');
    const log = await rig.engine.sessions.load(`~${ORCHESTRATOR} t`);
    await answer(FRONTEND, 't');
    const after = await rig.engine.sessions.load(`~${ORCHESTRATOR} t`);
    expect([log?.lastSequence, after?.lastSequence]).toEqual([2, 3]);
    expect((await get('t')).status).toBe(TaskStatus.QUEUED);
  });

  test('is in no list and no event, and is no session', async () => {
    const heard: string[] = [];
    rig.bus.onSessionEvent(({ sessionId }) => void heard.push(sessionId));
    await rig.delegate('t', loose);
    await rig.bus.flush();
    expect(heard).toEqual([]);
    const query = { state: SessionState.UNSPECIFIED, participant: '', labels: {}, limit: 10 };
    expect((await rig.bus.sessions.list(anybody, query)).sessions).toHaveLength(1);
  });

  test('is seen by the two that it is between', async () => {
    await rig.delegate('t', loose);
    expect((await get('t', ORCHESTRATOR, callerFor(BACKEND))).taskId).toBe('t');
    await expect(get('t', ORCHESTRATOR, callerFor(QA))).rejects.toEqual(refusal('TASK_NOT_FOUND'));
    await expect(get('t', '')).rejects.toEqual(refusal('FIELD_INVALID', { field: 'delegator' }));
    expect((await get('t', '', { ...anybody, agentId: ORCHESTRATOR })).taskId).toBe('t');
    const cancel = { sessionId: '', taskId: 't', delegator: ORCHESTRATOR, reason: '' };
    await expect(rig.bus.tasks.cancel(callerFor(BACKEND), cancel)).rejects.toEqual(refusal('NOT_DELEGATOR'));
  });

  test('passes cancellation and deadline down to what it caused', async () => {
    await rig.delegate('p', { ...loose, routing: { expiresAt: timestampFromMs(rig.clock.now() + 60_000) } });
    await rig.delegate('c', { ...loose, from: BACKEND, to: QA, parentTaskId: 'p' });
    expect((await get('c', BACKEND)).deadline).toEqual((await get('p')).deadline);
    const cancel = { sessionId: '', taskId: 'p', delegator: ORCHESTRATOR, reason: 'enough' };
    await rig.bus.tasks.cancel(anybody, cancel);
    expect((await get('c', BACKEND)).error?.reason).toBe('PARENT_CANCELLED');
    await expect(rig.delegate('d', { ...loose, from: QA, to: FRONTEND, parentTaskId: 'c' })).rejects.toEqual(
      refusal('TASK_NOT_FOUND'),
    );
  });

  test('takes a line of any length with it', async () => {
    const length = 5_000;
    const routing = { expiresAt: timestampFromMs(rig.clock.now() + 60_000) };
    const parentOf = (at: number) => (at === 0 ? '' : `t${at - 1}`);
    const self = { ...loose, from: BACKEND, to: BACKEND, routing };
    // What one agent sends is accepted in its order, so that each finds the one before.
    const sends = Array.from({ length }, (_, at) => rig.delegate(`t${at}`, { ...self, parentTaskId: parentOf(at) }));
    await Promise.all(sends);
    rig.clock.advance(60_000);
    await rig.bus.flush();
    expect((await get('t0', BACKEND)).error?.reason).toBe('DEADLINE_EXCEEDED');
    expect((await get('t1', BACKEND)).error?.reason).toBe('PARENT_TIMED_OUT');
    expect((await get(`t${length - 1}`, BACKEND)).error?.reason).toBe('PARENT_CANCELLED');
  });

  test('ends although what tells of those that it caused has taken the last room', async () => {
    await rig.bus.close();
    const failures: Error[] = [];
    const observer = { failed: (error: Error) => void failures.push(error) };
    rig = await openTaskRig({ limits: { maxMailboxMessages: 2 }, observer });
    for (const agentId of [ORCHESTRATOR, BACKEND]) (await rig.connect(agentId)).close();
    await rig.delegate('p', { ...loose, routing: { timeout: durationFromMs(10_000) } });
    await rig.delegate('c', { ...loose, from: BACKEND, to: ORCHESTRATOR, parentTaskId: 'p' });
    await rig.receive(ORCHESTRATOR);
    rig.clock.advance(10_000);
    await expect.poll(async () => (await get('p')).error?.reason).toBe('ATTEMPT_TIMED_OUT');
    expect((await get('c', BACKEND)).error?.reason).toBe('PARENT_TIMED_OUT');
    expect(failures).toEqual([]);
    expect(rig.engine.mailboxes.depth(ORCHESTRATOR).messages).toBe(1);
  });

  test('has an id of its own for each delegator, once', async () => {
    await rig.delegate('t', loose);
    await rig.delegate('t', { ...loose, from: FRONTEND });
    expect((await get('t', FRONTEND)).delegator).toBe(FRONTEND);
    // Beyond the memory of messages the task is still there.
    rig.clock.advance(48 * 3_600_000);
    await expect.poll(() => rig.delegate('t', { ...loose, step: '' }).catch(({ reason }) => reason)).toBeTruthy();
  });
});
