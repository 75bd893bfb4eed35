/**
 * Goal: a call that waits for an answer gets it, or one clear error, and repeating it is safe.
 * Method: the real bus on the real engine, time by hand.
 */

import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DeliveryMode, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { AskOutcome } from '../../../src/bus/task/ask.ts';
import { anybody, BACKEND, message, ORCHESTRATOR } from '../../open-bus.ts';
import { openTaskRig, SESSION, type TaskRig } from './task-rig.ts';

let rig: TaskRig;
let timers: number;
beforeEach(async () => {
  rig = await openTaskRig();
  timers = rig.clock.pending;
});
afterEach(() => rig.bus.close());

const refusal = (reason: string, facts: object = {}) =>
  expect.objectContaining({ reason, facts: expect.objectContaining(facts) });
const never = new AbortController().signal;
const request = (taskId: string, fields: object = {}) =>
  message({
    messageId: taskId,
    messageType: MessageType.TASK_REQUEST,
    sender: { agentId: ORCHESTRATOR, sessionId: SESSION },
    routing: { deliveryMode: DeliveryMode.SYNC, timeout: durationFromMs(60_000) },
    ...fields,
  });

function ask(
  taskId: string,
  wait: { waitMs?: number; cancelOnTimeout?: boolean; signal?: AbortSignal } = {},
): Promise<AskOutcome> {
  const options = { waitMs: wait.waitMs, cancelOnTimeout: wait.cancelOnTimeout ?? false, signal: wait.signal ?? never };
  const asking = rig.bus.ask(anybody, request(taskId), options);
  // Some tests look at it only later.
  asking.catch(() => undefined);
  return asking;
}

/** Two timers: the end of the attempt and the end of the wait. */
const untilItWaits = () => expect.poll(() => rig.clock.pending).toBeGreaterThan(timers + 1);

describe('an answer', () => {
  test('is in the call, and not in the mailbox too', async () => {
    const asking = ask('t');
    await rig.event('TASK_DELEGATED');
    const { messageId } = await rig.respond(BACKEND, 't', { verdict: 'good' });
    expect(await asking).toMatchObject({
      duplicate: false,
      recipients: [BACKEND],
      reply: {
        messageId,
        messageType: MessageType.TASK_RESPONSE,
        correlationId: 't',
        sender: { agentId: BACKEND, sessionId: SESSION },
        content: { case: 'payload', value: { verdict: 'good' } },
      },
    });
    expect(await rig.receive(ORCHESTRATOR)).toEqual([]);
  });

  test('that says it failed is an answer', async () => {
    const asking = ask('t');
    await rig.event('TASK_DELEGATED');
    await rig.respond(BACKEND, 't', { status: 'failed', error: 'no' });
    expect((await asking).reply.content.value).toEqual({ status: 'failed', error: 'no' });
  });

  test('is given again to whoever repeats the call, while it waits and afterwards', async () => {
    const first = ask('t');
    const second = ask('t');
    await rig.event('TASK_DELEGATED');
    expect(await rig.receive()).toHaveLength(1);
    await rig.respond(BACKEND, 't', { verdict: 'good' });
    const { reply } = await first;
    expect(await second).toMatchObject({ duplicate: true, reply });
    expect(await ask('t')).toMatchObject({ duplicate: true, reply });
    expect(await rig.receive()).toEqual([]);
  });

  test('that nobody waits for any more goes into the mailbox', async () => {
    const asking = ask('t', { waitMs: 1_000 });
    await untilItWaits();
    rig.clock.advance(1_000);
    await expect(asking).rejects.toEqual(refusal('DEADLINE_EXCEEDED', { task_id: 't' }));
    expect((await rig.task('t')).status).toBe(TaskStatus.QUEUED);
    await rig.respond(BACKEND, 't');
    expect(await rig.receive(ORCHESTRATOR)).toHaveLength(1);
  });
});

describe('a wait without an answer', () => {
  test('calls the task off, if the caller wants it so', async () => {
    const asking = ask('t', { waitMs: 1_000, cancelOnTimeout: true });
    await untilItWaits();
    rig.clock.advance(1_000);
    await expect(asking).rejects.toEqual(refusal('DEADLINE_EXCEEDED'));
    expect((await rig.task('t')).status).toBe(TaskStatus.CANCELLED);
  });

  test('ends with the task, and no mail repeats it', async () => {
    const asking = ask('t');
    await rig.event('TASK_DELEGATED');
    rig.clock.advance(60_000);
    await expect(asking).rejects.toEqual(refusal('TASK_TIMED_OUT', { task_id: 't', cause: 'ATTEMPT_TIMED_OUT' }));
    expect(await rig.receive(ORCHESTRATOR)).toEqual([]);
    const other = ask('u');
    await rig.event('TASK_DELEGATED');
    await rig.cancel('u');
    await expect(other).rejects.toEqual(refusal('TASK_CANCELLED', { task_id: 'u', cause: 'CANCELLED' }));
  });

  test('ends with the call, and the task goes on', async () => {
    const call = new AbortController();
    const asking = ask('t', { signal: call.signal });
    await rig.event('TASK_DELEGATED');
    call.abort(new Error('gone'));
    await expect(asking).rejects.toThrow('gone');
    expect((await rig.task('t')).status).toBe(TaskStatus.QUEUED);
  });
});

test.each([
  ['task_request', { messageType: MessageType.NOTIFICATION }],
  ['one_recipient', { recipient: { target: { case: 'allParticipants', value: true } } }],
])('what cannot be waited for is refused, and nothing changed: %s', async (rule, fields) => {
  const wait = { waitMs: undefined, cancelOnTimeout: false, signal: never };
  await expect(rig.bus.ask(anybody, request('t', fields), wait)).rejects.toEqual(refusal('FIELD_INVALID', { rule }));
  expect(await rig.story()).toEqual(['sessionCreated']);
});
