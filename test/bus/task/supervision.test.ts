/**
 * Goal: a task that is delegated comes to an end whatever its assignees do, and every turn of it is one event.
 * Method: the real bus on the real engine, time by hand.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { durationFromMs, timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Backoff, EnvelopeSchema, MessageType, ReplyMode } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { Lease } from '../../../src/engine/engine.ts';
import { anybody, BACKEND, FRONTEND, ORCHESTRATOR, QA } from '../../open-bus.ts';
import { openTaskRig, SESSION, type TaskRig } from './task-rig.ts';

/** Chance that always gives the middle, so that waits are three quarters of what the policy says. */
const random = { next: () => 0.5, bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };

let rig: TaskRig;
beforeEach(async () => {
  rig = await openTaskRig({ random });
});
afterEach(() => rig.bus.close());

const timeout = durationFromMs(10_000);
const payloads = (leases: readonly Lease[]) =>
  leases.map(({ envelope }) => {
    const { messageType, content } = fromBinary(EnvelopeSchema, envelope);
    return { type: MessageType[messageType], payload: content.value };
  });

describe('the life of a task', () => {
  test('queued, delivered, accepted, at work, completed', async () => {
    await rig.delegate('t');
    expect(await rig.task('t')).toMatchObject({ status: TaskStatus.QUEUED, attempt: 1, assignee: BACKEND });
    const leases = await rig.receive();
    await rig.event('TASK_DELIVERED');
    expect((await rig.task('t')).status).toBe(TaskStatus.DELIVERED);
    expect(await rig.acknowledge(BACKEND, leases)).toEqual([]);
    expect((await rig.task('t')).status).toBe(TaskStatus.WORKING);
    await rig.report(BACKEND, 't', { progress: 40, note: 'half' });
    expect(await rig.task('t')).toMatchObject({ progress: 40, note: 'half' });
    await rig.respond(BACKEND, 't', { artifact: 's3://a' });
    expect(await rig.task('t')).toMatchObject({
      status: TaskStatus.COMPLETED,
      progress: 100,
      result: { content: { value: { artifact: 's3://a' } } },
    });
    expect(await rig.story()).toEqual([
      'sessionCreated',
      'taskDelegated',
      'taskDelivered',
      'taskAccepted',
      'taskProgressed',
      'taskCompleted',
    ]);
    expect(await rig.receive(BACKEND)).toEqual([]);
  });

  test('events name who did it and which message brought it about', async () => {
    await rig.delegate('t');
    await rig.acknowledge(BACKEND, await rig.receive());
    const { messageId } = await rig.respond(BACKEND, 't');
    expect(await rig.event('TASK_DELEGATED')).toMatchObject({ actor: ORCHESTRATOR, cause: 't' });
    expect(await rig.event('TASK_DELIVERED')).toMatchObject({ actor: 'bus', cause: '' });
    expect(await rig.event('TASK_ACCEPTED')).toMatchObject({ actor: BACKEND });
    expect(await rig.event('TASK_COMPLETED')).toMatchObject({ actor: BACKEND, cause: messageId });
  });

  test('a failed answer ends it, whatever the retry policy says', async () => {
    await rig.delegate('t', { routing: { retryPolicy: { maxRetries: 3 }, fallbackAgents: [FRONTEND] } });
    await rig.respond(BACKEND, 't', { status: 'failed', error: { reason: 'broken', message: 'x'.repeat(5_000) } });
    const task = await rig.task('t');
    expect(task).toMatchObject({ status: TaskStatus.FAILED, error: { reason: 'broken' } });
    expect(task.error?.message).toHaveLength(1_024);
    expect(await rig.receive(FRONTEND)).toEqual([]);
  });
});

describe('attempts', () => {
  test('each is bounded; retries wait longer and longer; then every fallback; then an error to the sender', async () => {
    const retryPolicy = { maxRetries: 2, backoff: Backoff.EXPONENTIAL, initialDelay: durationFromMs(4_000) };
    await rig.delegate('t', { routing: { timeout, retryPolicy, fallbackAgents: [FRONTEND] } });
    const waits: number[] = [];
    for (const delay of [3_000, 6_000]) {
      expect(payloads(await rig.receive())).toHaveLength(1);
      rig.clock.advance(10_000);
      const { body } = await rig.event('TASK_ATTEMPT_FAILED');
      if (body.case !== 'taskAttemptFailed' || !body.value.nextAttemptTime) throw new Error('unexpected event');
      expect(body.value).toMatchObject({
        assignee: BACKEND,
        nextAssignee: BACKEND,
        error: { reason: 'ATTEMPT_TIMED_OUT' },
      });
      waits.push(timestampMs(body.value.nextAttemptTime) - rig.clock.now());
      rig.clock.advance(delay - 1);
      expect(payloads(await rig.receive()).filter(({ type }) => type === 'TASK_REQUEST')).toEqual([]);
      rig.clock.advance(1);
    }
    expect(waits).toEqual([3_000, 6_000]);
    expect(payloads(await rig.receive())).toHaveLength(1);
    rig.clock.advance(10_000);
    expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({
      nextAssignee: FRONTEND,
      nextAttempt: 1,
    });
    expect(await rig.task('t')).toMatchObject({
      assignee: FRONTEND,
      attempt: 1,
      fallbacksAsked: 1,
      requestedAssignee: BACKEND,
    });
    for (const delay of [0, 3_000, 6_000]) {
      rig.clock.advance(delay);
      expect(payloads(await rig.receive(FRONTEND)).filter(({ type }) => type === 'TASK_REQUEST')).toHaveLength(1);
      rig.clock.advance(10_000);
      await rig.event(delay === 6_000 ? 'TASK_TIMED_OUT' : 'TASK_ATTEMPT_FAILED');
    }
    expect(await rig.task('t')).toMatchObject({ status: TaskStatus.TIMED_OUT, error: { reason: 'ATTEMPT_TIMED_OUT' } });
    expect(payloads(await rig.receive(ORCHESTRATOR))).toEqual([
      {
        type: 'ERROR',
        payload: expect.objectContaining({ event: 'task_timed_out', task_id: 't', code: 'ATTEMPT_TIMED_OUT' }),
      },
    ]);
    expect(await rig.engine.messages.envelope({ sender: ORCHESTRATOR, messageId: 't' })).toBeUndefined();
  });

  test('the request of an attempt that is over is taken back, and its agent told', async () => {
    await rig.delegate('t', { routing: { timeout, fallbackAgents: [FRONTEND] } });
    const leases = await rig.receive();
    rig.clock.advance(10_000);
    await rig.event('TASK_ATTEMPT_FAILED');
    expect(await rig.acknowledge(BACKEND, leases)).toEqual(leases.map(({ deliveryId }) => deliveryId));
    expect(payloads(await rig.receive())).toEqual([
      { type: 'NOTIFICATION', payload: expect.objectContaining({ event: 'task_withdrawn', task_id: 't' }) },
    ]);
    expect(await rig.receive(FRONTEND)).toHaveLength(1);
    const copies = await rig.bus.messages.status(anybody, { sender: ORCHESTRATOR, messageId: 't' });
    expect(copies).toMatchObject([
      { recipient: BACKEND, state: 'withdrawn' },
      { recipient: FRONTEND, state: 'delivered' },
    ]);
  });

  test('one that was never taken times out as well: an absent agent does not hold up its fallback', async () => {
    await rig.delegate('t', { routing: { timeout, fallbackAgents: [FRONTEND] } });
    rig.clock.advance(10_000);
    await rig.event('TASK_ATTEMPT_FAILED');
    expect(await rig.receive()).toEqual([]);
    expect(await rig.receive(FRONTEND)).toHaveLength(1);
  });

  test('a request that its assignee drops, or never acknowledges, has failed', async () => {
    await rig.delegate('t', { routing: { fallbackAgents: [FRONTEND] } });
    const [lease] = await rig.receive();
    const rejection = { deliveryIds: [lease?.deliveryId ?? ''], disposition: 'drop', reason: 'not for me' } as const;
    await rig.bus.deliveries.reject(anybody, BACKEND, rejection);
    const { body } = await rig.event('TASK_ATTEMPT_FAILED');
    expect(body.value).toMatchObject({
      error: { reason: 'NOT_DELIVERED', message: 'not for me' },
      nextAssignee: FRONTEND,
    });
  });

  test('a late answer is on record and changes nothing', async () => {
    await rig.delegate('t', { routing: { timeout, fallbackAgents: [FRONTEND] } });
    await rig.receive();
    rig.clock.advance(10_000);
    await rig.event('TASK_ATTEMPT_FAILED');
    await rig.respond(BACKEND, 't', { late: true });
    expect((await rig.event('TASK_RESPONSE_IGNORED')).body.value).toMatchObject({ taskId: 't', agentId: BACKEND });
    expect(await rig.task('t')).toMatchObject({ status: TaskStatus.QUEUED, assignee: FRONTEND });
    await rig.respond(FRONTEND, 't');
    await rig.respond(FRONTEND, 't');
    expect((await rig.story()).slice(-2)).toEqual(['taskCompleted', 'taskResponseIgnored']);
  });

  test('an answer to an earlier attempt of the same agent counts, and the later request is taken back', async () => {
    await rig.delegate('t', { routing: { timeout, retryPolicy: { maxRetries: 1 } } });
    await rig.receive();
    rig.clock.advance(10_000);
    await rig.event('TASK_ATTEMPT_FAILED');
    await rig.respond(BACKEND, 't');
    expect((await rig.task('t')).status).toBe(TaskStatus.COMPLETED);
    expect(payloads(await rig.receive()).map(({ type }) => type)).toEqual(['NOTIFICATION']);
  });

  test('an acknowledgement of the last attempt that is heard of after the next one began does not count for that one', async () => {
    await rig.delegate('t', { routing: { timeout, retryPolicy: { maxRetries: 1 } } });
    const leases = await rig.receive();
    await rig.event('TASK_DELIVERED');
    // The store has the acknowledgement first; its answer comes when the attempt is over.
    const acknowledged = rig.acknowledge(BACKEND, leases);
    rig.clock.advance(10_000);
    expect(await acknowledged).toEqual([]);
    expect(await rig.story()).toEqual(['sessionCreated', 'taskDelegated', 'taskDelivered', 'taskAttemptFailed']);
    expect(await rig.task('t')).toMatchObject({ status: TaskStatus.QUEUED, attempt: 2 });
  });

  test('no attempt begins that could not end before the deadline', async () => {
    const retryPolicy = { maxRetries: 5, backoff: Backoff.LINEAR, initialDelay: durationFromMs(60_000) };
    const expiresAt = timestampFromMs(rig.clock.now() + 30_000);
    await rig.delegate('t', { routing: { timeout, retryPolicy, expiresAt } });
    rig.clock.advance(10_000);
    await rig.event('TASK_TIMED_OUT');
    expect((await rig.task('t')).error?.reason).toBe('ATTEMPT_TIMED_OUT');
  });

  test('a fallback whose mailbox is full is passed over', async () => {
    await rig.bus.close();
    rig = await openTaskRig({ random, limits: { maxMailboxMessages: 2 } });
    await rig.delegate('x1', { to: FRONTEND });
    await rig.delegate('x2', { to: FRONTEND });
    await rig.delegate('t', { routing: { timeout, fallbackAgents: [FRONTEND, QA] } });
    rig.clock.advance(10_000);
    expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({ nextAssignee: QA });
    expect((await rig.task('t')).fallbacksAsked).toBe(2);
  });

  test('each waits for its agent no longer than a message may that does not say', async () => {
    await rig.bus.close();
    rig = await openTaskRig({ random, defaultMessageTtlMs: 60_000 });
    await rig.delegate('t', { routing: { fallbackAgents: [FRONTEND] } });
    rig.clock.advance(60_000);
    expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({ error: { reason: 'NOT_DELIVERED' } });
    rig.clock.advance(60_000);
    await rig.event('TASK_TIMED_OUT');
  });

  test('one that takes the last room of its agent is not kept out by the news of the one before', async () => {
    await rig.bus.close();
    const failures: Error[] = [];
    const observer = { failed: (error: Error) => void failures.push(error) };
    rig = await openTaskRig({ random, limits: { maxMailboxMessages: 2 }, observer });
    await rig.delegate('t', { routing: { timeout, retryPolicy: { maxRetries: 1 } } });
    await rig.receive();
    rig.clock.advance(10_000);
    await rig.event('TASK_ATTEMPT_FAILED');
    expect(payloads(await rig.receive()).map(({ type }) => type)).toEqual(['TASK_REQUEST']);
    expect(failures).toEqual([]);
  });
});

describe('deadlines', () => {
  test('a task that is open at its deadline has timed out, and its mail is gone', async () => {
    await rig.delegate('t', { routing: { expiresAt: timestampFromMs(rig.clock.now() + 5_000) } });
    rig.clock.advance(5_000);
    await rig.event('TASK_TIMED_OUT');
    expect(await rig.task('t')).toMatchObject({ status: TaskStatus.TIMED_OUT, error: { reason: 'DEADLINE_EXCEEDED' } });
    expect(await rig.receive()).toEqual([]);
  });

  test('pass down: a child ends at the deadline of what caused it, if not before', async () => {
    await rig.delegate('p', { routing: { expiresAt: timestampFromMs(rig.clock.now() + 5_000) } });
    await rig.delegate('c', { from: BACKEND, to: QA, parentTaskId: 'p' });
    expect((await rig.task('c')).deadline).toEqual((await rig.task('p')).deadline);
    rig.clock.advance(5_000);
    await rig.event('TASK_TIMED_OUT');
    await rig.bus.flush();
    expect((await rig.task('c')).status).not.toBe(TaskStatus.QUEUED);
  });
});

describe('an agent that goes away with a task', () => {
  test('fails the attempt after the task lease, acknowledged or not', async () => {
    const stream = await rig.connect(BACKEND);
    await rig.delegate('t', { routing: { fallbackAgents: [FRONTEND] } });
    await rig.acknowledge(BACKEND, await rig.receive());
    rig.clock.advance(25_000);
    stream.heard();
    stream.close();
    // Its single call counts as a sign of life for two heartbeat intervals.
    rig.clock.advance(59_000);
    expect((await rig.task('t')).assignee).toBe(BACKEND);
    rig.clock.advance(10_000);
    expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({
      error: { reason: 'AGENT_GONE' },
      nextAssignee: FRONTEND,
    });
  });

  test('fails it when it unregistered, too', async () => {
    await rig.connect(BACKEND);
    await rig.delegate('t', { routing: { fallbackAgents: [FRONTEND] } });
    await rig.acknowledge(BACKEND, await rig.receive());
    await rig.bus.agents.unregister(anybody, BACKEND);
    rig.clock.advance(29_000);
    expect((await rig.task('t')).assignee).toBe(BACKEND);
    rig.clock.advance(10_000);
    expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({ error: { reason: 'AGENT_GONE' } });
  });

  test('of which nobody knows whether it lives keeps the task', async () => {
    await rig.delegate('t', { routing: { fallbackAgents: [FRONTEND] } });
    await rig.acknowledge(BACKEND, await rig.receive());
    rig.clock.advance(3_600_000);
    await rig.bus.flush();
    expect((await rig.task('t')).status).toBe(TaskStatus.WORKING);
  });

  test('keeps the task while it lives, however long the work takes', async () => {
    const stream = await rig.connect(BACKEND);
    await rig.delegate('t', { routing: { fallbackAgents: [FRONTEND] } });
    await rig.acknowledge(BACKEND, await rig.receive());
    for (let minute = 0; minute < 60; minute++) {
      for (let beat = 0; beat < 4; beat++) {
        rig.clock.advance(15_000);
        stream.heard();
      }
    }
    await rig.bus.flush();
    expect((await rig.task('t')).status).toBe(TaskStatus.WORKING);
  });

  test('loses its tasks when it is removed from the session', async () => {
    await rig.delegate('t', { routing: { fallbackAgents: [FRONTEND] } });
    await rig.bus.sessions.removeParticipant(anybody, { sessionId: SESSION, agentId: BACKEND } as never);
    expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({ nextAssignee: FRONTEND });
  });
});

describe('after a restart', () => {
  let dataDir: string;
  beforeEach(async () => {
    await rig.bus.close();
    dataDir = await mkdtemp(join(tmpdir(), 'agentbus-tasks-'));
    rig = await openTaskRig({ random, dataDir });
  });
  afterEach(() => rm(dataDir, { recursive: true }));

  test('timers are as they were, and fire once', async () => {
    await rig.delegate('a', { routing: { timeout, fallbackAgents: [FRONTEND] } });
    await rig.delegate('b', { routing: { timeout: durationFromMs(60_000), fallbackAgents: [FRONTEND] } });
    await rig.bus.close();
    rig.clock.advance(30_000);
    rig = await openTaskRig({ random, dataDir, clock: rig.clock, resume: true });
    rig.clock.advance(0);
    expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({ taskId: 'a', nextAssignee: FRONTEND });
    expect((await rig.task('b')).status).toBe(TaskStatus.QUEUED);
    await rig.bus.close();
    rig = await openTaskRig({ random, dataDir, clock: rig.clock, resume: true });
    rig.clock.advance(0);
    expect((await rig.story()).filter((type) => type === 'taskAttemptFailed')).toHaveLength(1);
    expect(await rig.receive(FRONTEND)).toHaveLength(1);
    rig.clock.advance(30_000);
    await rig.event('TASK_ATTEMPT_FAILED');
    expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({ taskId: 'b' });
  });

  test('a retry that waits keeps waiting', async () => {
    const retryPolicy = { maxRetries: 1, backoff: Backoff.LINEAR, initialDelay: durationFromMs(40_000) };
    await rig.delegate('t', { routing: { timeout, retryPolicy } });
    rig.clock.advance(10_000);
    await rig.event('TASK_ATTEMPT_FAILED');
    await rig.bus.close();
    rig = await openTaskRig({ random, dataDir, clock: rig.clock, resume: true });
    rig.clock.advance(29_999);
    expect(await rig.receive()).toEqual([]);
    rig.clock.advance(1);
    expect(await rig.receive()).toHaveLength(1);
  });

  test('a task whose mail was settled just before the end of the process hears of it', async () => {
    await rig.delegate('acknowledged');
    const [lease] = await rig.receive();
    // The engine's own call: as if the process had ended before the event was written.
    await rig.engine.mailboxes.acknowledge(BACKEND, [lease?.deliveryId ?? '']);
    await rig.delegate('dropped', { routing: { fallbackAgents: [FRONTEND] } });
    const [other] = await rig.receive();
    const stop = rig.bus.close();
    await stop;
    expect(other).toBeDefined();
    rig = await openTaskRig({ random, dataDir, clock: rig.clock, resume: true });
    expect((await rig.task('acknowledged')).status).toBe(TaskStatus.WORKING);
    expect((await rig.task('dropped')).assignee).toBe(BACKEND);
  });
});

describe('where answers go', () => {
  test('into the session alone, if the sender wants it so', async () => {
    await rig.delegate('t', { routing: { replyMode: ReplyMode.SESSION, timeout } });
    await rig.report(BACKEND, 't', { progress: 10 });
    const { recipients } = await rig.respond(BACKEND, 't', { done: true });
    expect(recipients).toEqual([]);
    expect(await rig.receive(ORCHESTRATOR)).toEqual([]);
    expect((await rig.task('t')).result?.content.value).toEqual({ done: true });
  });

  test('where they need no room in a mailbox', async () => {
    await rig.bus.close();
    rig = await openTaskRig({ random, limits: { maxMailboxMessages: 1 } });
    await rig.delegate('filler', { from: BACKEND, to: ORCHESTRATOR });
    await rig.delegate('t', { routing: { replyMode: ReplyMode.SESSION } });
    await rig.report(BACKEND, 't', { progress: 10 });
    await rig.respond(BACKEND, 't', { done: true });
    expect((await rig.task('t')).status).toBe(TaskStatus.COMPLETED);
    await rig.receive();
    await rig.delegate('u', { to: QA });
    await expect(rig.respond(QA, 'u')).rejects.toMatchObject({ reason: 'MAILBOX_FULL' });
    expect((await rig.task('u')).status).toBe(TaskStatus.QUEUED);
  });

  test('and an answer that is sent twice is one answer', async () => {
    await rig.delegate('t', { routing: { replyMode: ReplyMode.SESSION } });
    const { story } = rig;
    await rig.respond(BACKEND, 't');
    const before = await story();
    expect(before.filter((type) => type === 'taskCompleted')).toHaveLength(1);
  });
});
