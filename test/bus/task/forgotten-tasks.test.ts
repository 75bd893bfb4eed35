/**
 * Goal: tasks outlive the records of their messages, and what is forgotten of a task is forgotten for everybody.
 * Method: the real bus on the real engine, whose retention runs on a clock of the test's own; on a directory, because some
 * of it shows after a restart alone.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AggregationMethod } from '../../../gen/ts/agentbus/v1/aggregation_pb.js';
import { DeliveryMode, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { EngineRetention, Forgotten } from '../../../src/engine/engine.ts';
import { STORE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { anybody, BACKEND, FRONTEND, message, ORCHESTRATOR } from '../../open-bus.ts';
import { openTaskRig, SESSION, type TaskRig } from './task-rig.ts';

const MINUTE = 60_000;
const never = new AbortController().signal;
const clock = createFakeClock();

let dataDir: string;
let rig: TaskRig;
let forgotten: Forgotten[];
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-forgotten-'));
  forgotten = [];
});
afterEach(async () => {
  await rig.bus.close();
  await rm(dataDir, { recursive: true });
});

/** Opens the bus, or opens it again. */
async function open(retention: Partial<EngineRetention>, resume = false): Promise<void> {
  const limits = { retention: { ...STORE_LIMITS.retention, ...retention } };
  const observer = { forgotten: (what: Forgotten) => void forgotten.push(what) };
  rig = await openTaskRig({ dataDir, clock, limits, observer, resume });
  for (const agentId of resume ? [] : [ORCHESTRATOR, BACKEND, FRONTEND]) (await rig.connect(agentId)).close();
}

/** Lets the time of what has ended pass, and waits until so many of a kind are forgotten. */
async function forget(kind: Forgotten['kind'], count: number): Promise<void> {
  const gone = () => forgotten.reduce((sum, what) => sum + (what.kind === kind ? what.count : 0), 0);
  // The newest record of all is kept whatever its age.
  await rig.bus.messages.send(anybody, message({ messageId: 'last', sender: { agentId: FRONTEND } }));
  await rig.receive().then((leases) => rig.acknowledge(BACKEND, leases));
  clock.advance(2 * MINUTE);
  await expect.poll(gone).toBe(count);
}

const loose = { sessionId: '' };
const getLoose = () => rig.bus.tasks.get(anybody, { sessionId: '', taskId: 't', delegator: ORCHESTRATOR });
const answerLoose = () =>
  rig.bus.messages.send(
    anybody,
    message({
      messageType: MessageType.TASK_RESPONSE,
      sender: { agentId: BACKEND },
      recipient: { target: { case: 'agentId', value: ORCHESTRATOR } },
      correlationId: 't',
      content: { case: 'payload', value: { done: true } },
    }),
  );
const request = () =>
  message({
    messageId: 't',
    messageType: MessageType.TASK_REQUEST,
    routing: { deliveryMode: DeliveryMode.SYNC },
  });
const ask = () => rig.bus.ask(anybody, request(), { waitMs: 0, cancelOnTimeout: false, signal: never });

test('a task outside of sessions is not found after its time, also by those who ask for its answer once more', async () => {
  await open({ endedSessionAgeMs: MINUTE });
  await expect(ask()).rejects.toMatchObject({ reason: 'DEADLINE_EXCEEDED' });
  await answerLoose();
  expect(await ask()).toMatchObject({ duplicate: true, reply: { content: { value: { done: true } } } });
  await forget('session', 1);
  const gone = { reason: 'TASK_NOT_FOUND', facts: { task_id: 't' } };
  await expect(getLoose()).rejects.toMatchObject(gone);
  await expect(ask()).rejects.toMatchObject(gone);
});

test('a request that is forgotten with its task is a new one', async () => {
  await open({ endedSessionAgeMs: MINUTE, messageAgeMs: MINUTE });
  await rig.delegate('t', loose);
  await rig.acknowledge(BACKEND, await rig.receive());
  await answerLoose();
  await rig.acknowledge(ORCHESTRATOR, await rig.receive(ORCHESTRATOR));
  await forget('message_record', 2);
  expect(forgotten).toContainEqual({ kind: 'session', count: 1, because: 'age' });
  expect(await rig.delegate('t', loose)).toMatchObject({ duplicate: false, recipients: [BACKEND] });
  expect(await getLoose()).toMatchObject({ status: TaskStatus.QUEUED });
  expect(await rig.receive()).toHaveLength(1);
});

test('a request that is forgotten before its task does not make it twice', async () => {
  await open({ messageAgeMs: MINUTE });
  await rig.delegate('t', loose);
  await rig.acknowledge(BACKEND, await rig.receive());
  await forget('message_record', 1);
  await expect(rig.delegate('t', loose)).rejects.toMatchObject({ reason: 'TASK_ID_TAKEN' });
  expect(await rig.receive()).not.toContainEqual(expect.objectContaining({ messageId: 't' }));
});

test('a task at work is none the worse for a start after its request was forgotten', async () => {
  await open({ messageAgeMs: MINUTE });
  const { close } = await rig.connect(BACKEND);
  await rig.delegate('t');
  await rig.acknowledge(BACKEND, await rig.receive());
  await forget('message_record', 1);
  const before = await rig.story();
  close();
  await rig.bus.close();
  await open({ messageAgeMs: MINUTE }, true);
  expect(await rig.story()).toEqual(before);
  expect(await rig.task('t')).toMatchObject({ status: TaskStatus.WORKING, assignee: BACKEND });
});

test('the request of a task that may be tried again is kept, whatever is forgotten of it', async () => {
  await open({ messageAgeMs: MINUTE });
  const timeout = durationFromMs(60 * MINUTE);
  await rig.delegate('t', { routing: { timeout, fallbackAgents: [FRONTEND] } });
  await rig.acknowledge(BACKEND, await rig.receive());
  clock.advance(2 * MINUTE);
  clock.advance(2 * MINUTE);
  // The agent was never registered as gone: the attempt ends with its time.
  clock.advance(60 * MINUTE);
  await expect.poll(async () => (await rig.task('t')).assignee).toBe(FRONTEND);
  expect(await rig.receive(FRONTEND)).toMatchObject([{ messageId: 't' }]);
});

test('what came out of a session is made of its events alone', async () => {
  await open({ messageAgeMs: MINUTE });
  await rig.delegate('t');
  await rig.acknowledge(BACKEND, await rig.receive());
  await rig.respond(BACKEND, 't', { artifact: 's3://a' });
  await rig.acknowledge(ORCHESTRATOR, await rig.receive(ORCHESTRATOR));
  await forget('message_record', 2);
  const query = { sessionId: SESSION, method: AggregationMethod.CONSENSUS, roleOrder: [], signal: never };
  expect((await rig.bus.aggregation.aggregate(anybody, query)).unifiedResult).toEqual({ artifact: 's3://a' });
});
