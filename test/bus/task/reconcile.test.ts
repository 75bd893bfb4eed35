/**
 * Goal: whatever was on disk and whatever was not when the process ended, a task knows at the next start what became of
 * its mail and of its assignee.
 * Method: the real bus and the real engine on one directory; what the bus did not live to do is done by the engine alone.
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { createBus } from '../../../src/bus/create-bus.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { createSystemRandom } from '../../../src/lib/random.ts';
import { STORE_LIMITS } from '../../../src/limits.ts';
import { createFakeClock } from '../../fake-clock.ts';
import { anybody, BACKEND, FRONTEND, ORCHESTRATOR } from '../../open-bus.ts';
import { openTaskRig, SESSION, type TaskRig } from './task-rig.ts';

const clock = createFakeClock();
const random = createSystemRandom();
const fallback = { routing: { fallbackAgents: [FRONTEND] } };

let dataDir: string;
let rig: TaskRig;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'agentbus-reconcile-'));
  rig = await openTaskRig({ dataDir, clock });
});
afterEach(async () => {
  await rig.bus.close();
  await rm(dataDir, { recursive: true });
});

const resume = async () => {
  rig = await openTaskRig({ dataDir, clock, resume: true });
};
const openStore = () => openEngine({ engine: 'sqlite', dataDir, clock, random, limits: STORE_LIMITS, observer: {} });

/** The backend gives up what it was handed, and no bus is there to hear of it. */
async function dropMail({ mailboxes }: Engine): Promise<void> {
  const request = { agentId: BACKEND, holder: 'h', limit: 10, maxBytes: 1_000_000, leaseMs: 30_000 };
  const ids = (await mailboxes.lease(request)).map(({ deliveryId }) => deliveryId);
  expect(ids).toHaveLength(1);
  await mailboxes.discard(BACKEND, ids, 'not for me');
}

test.each([
  ['nobody was handed', async () => undefined],
  ['somebody worked on without acknowledging it', async () => void (await rig.report(BACKEND, 't', { progress: 10 }))],
])('a request that %s, and that was given up, has failed its attempt', async (_, before) => {
  await rig.delegate('t', fallback);
  await before();
  await rig.bus.close();
  const store = await openStore();
  await dropMail(store);
  await store.close();
  await resume();
  expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({
    error: { reason: 'NOT_DELIVERED', message: 'not for me' },
    nextAssignee: FRONTEND,
  });
});

test('a task that is at work stays as it is', async () => {
  await rig.delegate('t', fallback);
  await rig.acknowledge(BACKEND, await rig.receive());
  const before = await rig.story();
  await rig.bus.close();
  await resume();
  expect((await rig.task('t')).status).toBe(TaskStatus.WORKING);
  expect(await rig.story()).toEqual(before);
});

test('a task of an agent that was removed goes on to the next one', async () => {
  await rig.delegate('t', fallback);
  const closed = new Promise<void>((resolve, reject) => {
    rig.bus.onSessionEvent(({ body }) => {
      if (body.case === 'participantRemoved') rig.bus.close().then(resolve, reject);
    });
  });
  await rig.bus.sessions.removeParticipant(anybody, { sessionId: SESSION, agentId: BACKEND } as never);
  await closed;
  await resume();
  expect((await rig.event('TASK_ATTEMPT_FAILED')).body.value).toMatchObject({
    error: { reason: 'AGENT_GONE' },
    nextAssignee: FRONTEND,
  });
});

/** The task after a start of the bus in which something happens as soon as the records of its mail were read. */
async function taskAfterStart(meanwhile: (engine: Engine) => unknown): Promise<Task> {
  await rig.bus.close();
  const engine = await openStore();
  const messages: Engine['messages'] = {
    envelope: (key) => engine.messages.envelope(key),
    async find(keys) {
      const records = await engine.messages.find(keys);
      await meanwhile(engine);
      return records;
    },
  };
  const options = { clock, random, observer: {}, heartbeatIntervalMs: 15_000, taskLeaseMs: 30_000 };
  const bus = await createBus({ engine: { ...engine, messages }, ...options });
  // The next attempt is made when the request was read.
  await engine.messages.envelope({ sender: ORCHESTRATOR, messageId: 't' });
  const task = await bus.tasks.get(anybody, { sessionId: SESSION, taskId: 't', delegator: '' });
  await bus.close();
  await resume();
  return task;
}

test('what becomes of mail while the bus starts is not missed', async () => {
  await rig.delegate('t', fallback);
  expect((await taskAfterStart(dropMail)).assignee).toBe(FRONTEND);
});

test('a task that times out while the bus starts stays timed out', async () => {
  await rig.delegate('t', { routing: { expiresAt: timestampFromMs(clock.now() + 1_000) } });
  const [lease] = await rig.receive();
  // The engine's own call: as if the process had ended before the event was written.
  await rig.engine.mailboxes.acknowledge(BACKEND, [lease?.deliveryId ?? '']);
  expect((await taskAfterStart(() => clock.advance(1_000))).status).toBe(TaskStatus.TIMED_OUT);
});
