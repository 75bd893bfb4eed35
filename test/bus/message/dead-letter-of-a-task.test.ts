/**
 * Goal: redelivering the request of a task has the work done, and neither undoes nor repeats what the task came to.
 * Method: the real bus on the real engine, time by hand; on a directory where the bus is to be started again.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Backoff, EnvelopeSchema, MessageState, MessageType } from '../../../gen/ts/agentbus/v1/envelope_pb.js';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { isTask } from '../../../src/bus/message/tags.ts';
import type { Lease } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { STORE_LIMITS } from '../../../src/limits.ts';
import { anybody, BACKEND, FRONTEND, ORCHESTRATOR } from '../../open-bus.ts';
import { openTaskRig, type TaskRig } from '../task/task-rig.ts';

const DELAY_MS = 1_000;
const initialDelay = durationFromMs(DELAY_MS);
/** Tried again by the same agent, after a while. */
const retried = { routing: { retryPolicy: { maxRetries: 1, backoff: Backoff.LINEAR, initialDelay } } };
const withFallback = { routing: { fallbackAgents: [FRONTEND] } };
/** Chance that makes no wait shorter. */
const random = { next: () => 0, bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };

let dataDir: string;
let rig: TaskRig;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-dead-letter-'));
  rig = await openTaskRig({ dataDir, random });
});
afterEach(async () => {
  await rig.bus.close();
  await rm(dataDir, { recursive: true });
});

/** What the backend is handed, but for what the bus itself says, which it reads. */
async function take(): Promise<Lease[]> {
  const leases = await rig.receive();
  const isNews = ({ sender }: Lease): boolean => sender === 'agentbus://bus';
  await rig.acknowledge(BACKEND, leases.filter(isNews));
  return leases.filter((lease) => !isNews(lease));
}

async function dropAll(): Promise<void> {
  const deliveryIds = (await take()).map(({ deliveryId }) => deliveryId);
  expect(deliveryIds).toHaveLength(1);
  const rejection = { deliveryIds, disposition: 'drop', reason: 'not now' } as const;
  await rig.bus.deliveries.reject(anybody, BACKEND, rejection);
}

async function redeliverAll(): Promise<void> {
  const { deadLetters } = await rig.bus.deadLetters.list(anybody, { agentId: BACKEND, limit: 10 });
  const ids = deadLetters.map(({ deadLetterId }) => deadLetterId);
  expect(await rig.bus.deadLetters.redeliver(anybody, BACKEND, ids)).toBe(1);
}

/** The same, each with its type. */
async function mail() {
  return (await take()).map((lease) => ({ lease, type: fromBinary(EnvelopeSchema, lease.envelope).messageType }));
}

interface UnheardOf {
  /** The mail of the attempt, or what came back from the dead letters. */
  readonly mail: 'attempt' | 'redelivered';
  readonly how: 'acknowledge' | 'discard';
}

/** Settles mail of the task by the engine alone, as if the process had ended before anybody heard of it, and starts the bus again. */
async function settleUnheard(...settlements: readonly UnheardOf[]): Promise<void> {
  const { clock } = rig;
  await rig.bus.close();
  const store = await openEngine({ engine: 'sqlite', dataDir, clock, random, limits: STORE_LIMITS, observer: {} });
  const request = { agentId: BACKEND, holder: 'h', limit: 10, maxBytes: 1_000_000, leaseMs: 30_000 };
  const leases = await store.mailboxes.lease(request);
  for (const { mail, how } of settlements) {
    const isIt = ({ messageId, tag }: Lease): boolean => messageId === 't' && isTask(tag) === (mail === 'attempt');
    const ids = leases.filter(isIt).map(({ deliveryId }) => deliveryId);
    expect(ids).toHaveLength(1);
    if (how === 'discard') await store.mailboxes.discard(BACKEND, ids, 'no');
    else await store.mailboxes.acknowledge(BACKEND, ids);
  }
  await store.close();
  rig = await openTaskRig({ dataDir, random, clock, resume: true });
}

const states = async () => {
  const records = await rig.bus.messages.status(anybody, { sender: ORCHESTRATOR, messageId: 't' });
  return records.map(({ recipient, state }) => [recipient, state]);
};

describe('of a task that is over', () => {
  beforeEach(async () => {
    await rig.delegate('t');
    await dropAll();
    await rig.event('TASK_TIMED_OUT');
    await redeliverAll();
  });

  test('it is handed out as the request that it was, and the task hears nothing of it', async () => {
    const before = await rig.story();
    const [again] = await mail();
    expect(again).toMatchObject({ type: MessageType.TASK_REQUEST, lease: { attempt: 1, messageId: 't', tag: 0 } });
    expect(await rig.acknowledge(BACKEND, [again!.lease])).toEqual([]);
    expect(await rig.story()).toEqual(before);
    expect(await rig.task('t')).toMatchObject({ status: TaskStatus.TIMED_OUT });
  });

  test('an answer is recorded as late, is mail for the delegator, and changes nothing', async () => {
    await rig.receive(ORCHESTRATOR);
    await rig.respond(BACKEND, 't', { artifact: 's3://a' });
    expect((await rig.story()).slice(-1)).toEqual(['taskResponseIgnored']);
    expect(await rig.task('t')).toMatchObject({ status: TaskStatus.TIMED_OUT });
    expect(await rig.receive(ORCHESTRATOR)).toHaveLength(1);
  });

  test('given up once more, it is a dead letter once more', async () => {
    const before = await rig.story();
    await dropAll();
    expect(await rig.story()).toEqual(before);
    expect(await states()).toEqual([
      [BACKEND, 'dead_lettered'],
      [BACKEND, 'dead_lettered'],
    ]);
  });
});

describe('of a task that is being tried again by the same agent', () => {
  beforeEach(async () => {
    await rig.delegate('t', retried);
    await dropAll();
    await rig.event('TASK_ATTEMPT_FAILED');
  });

  test('its answer ends the task, and the other attempt is not made', async () => {
    await redeliverAll();
    expect(await mail()).toMatchObject([{ type: MessageType.TASK_REQUEST, lease: { tag: 0 } }]);
    await rig.respond(BACKEND, 't', { artifact: 's3://a' });
    expect((await rig.task('t')).status).toBe(TaskStatus.COMPLETED);
    rig.clock.advance(DELAY_MS);
    expect(await mail()).toEqual([]);
  });

  test('it goes when the task is called off: nobody wants the work any more', async () => {
    await redeliverAll();
    await rig.cancel('t');
    expect(await states()).toEqual([
      [BACKEND, 'dead_lettered'],
      [BACKEND, 'withdrawn'],
      [BACKEND, 'withdrawn'],
    ]);
    expect(await mail()).toEqual([]);
  });

  test('given up once more, it fails no attempt', async () => {
    await redeliverAll();
    await dropAll();
    await rig.bus.flush();
    expect(await rig.task('t')).toMatchObject({ status: TaskStatus.QUEUED, attempt: 2 });
    rig.clock.advance(DELAY_MS);
    await expect.poll(mail).toMatchObject([{ type: MessageType.TASK_REQUEST }]);
  });

  test.each([
    { when: 'while the attempt waits for its time', waitMs: 0 },
    { when: 'after the attempt began', waitMs: DELAY_MS + 1 },
  ])('given up once more $when, it fails no attempt at the next start either', async ({ waitMs }) => {
    rig.clock.advance(waitMs);
    await redeliverAll();
    await settleUnheard({ mail: 'redelivered', how: 'discard' });
    expect(await rig.task('t')).toMatchObject({ status: TaskStatus.QUEUED, attempt: 2, assignee: BACKEND });
    expect((await rig.story()).filter((event) => event === 'taskAttemptFailed')).toHaveLength(1);
  });

  test('done, it is not taken at the next start for the mail of the attempt, which was given up', async () => {
    rig.clock.advance(DELAY_MS + 1);
    await redeliverAll();
    await settleUnheard({ mail: 'attempt', how: 'discard' }, { mail: 'redelivered', how: 'acknowledge' });
    await rig.event('TASK_TIMED_OUT');
    expect(await rig.task('t')).toMatchObject({ error: { reason: 'NOT_DELIVERED' } });
  });

  test('a task whose mail was given up stayed open for ever after a start, as long as what came back waited', async () => {
    rig.clock.advance(DELAY_MS + 1);
    await redeliverAll();
    await settleUnheard({ mail: 'attempt', how: 'discard' });
    await rig.event('TASK_TIMED_OUT');
    expect(await rig.task('t')).toMatchObject({ error: { reason: 'NOT_DELIVERED' } });
  });
});

test('of a task that somebody else has by now, its answer is late, and theirs counts', async () => {
  await rig.delegate('t', withFallback);
  await dropAll();
  await rig.event('TASK_ATTEMPT_FAILED');
  await redeliverAll();
  expect(await mail()).toHaveLength(1);
  await rig.respond(BACKEND, 't', { artifact: 's3://late' });
  expect(await rig.task('t')).toMatchObject({ assignee: FRONTEND });
  expect((await rig.story()).slice(-1)).toEqual(['taskResponseIgnored']);
  await rig.respond(FRONTEND, 't', { artifact: 's3://a' });
  expect(await rig.task('t')).toMatchObject({
    status: TaskStatus.COMPLETED,
    result: { content: { value: { artifact: 's3://a' } } },
  });
});

test('the receipts that its sender asked for go on', async () => {
  const { DELIVERED, DEAD_LETTERED, ACKNOWLEDGED } = MessageState;
  const heard: string[] = [];
  rig.bus.receipts.subscribe(ORCHESTRATOR, ({ state, attempt }) => heard.push(`${MessageState[state]} ${attempt}`) > 0);
  await rig.delegate('t', { routing: { receipts: [DELIVERED, DEAD_LETTERED, ACKNOWLEDGED] } });
  await dropAll();
  await rig.event('TASK_TIMED_OUT');
  await redeliverAll();
  await rig.acknowledge(BACKEND, await rig.receive());
  expect(heard).toEqual(['DELIVERED 1', 'DEAD_LETTERED 1', 'DELIVERED 1', 'ACKNOWLEDGED 1']);
});
