/** Goal: the tasks of one request are told apart, and from those of others. Method: the real bus. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { anybody, BACKEND, FRONTEND } from '../../open-bus.ts';
import { openTaskRig, type TaskRig } from './task-rig.ts';

let rig: TaskRig;
beforeEach(async () => {
  rig = await openTaskRig();
});
afterEach(() => rig.bus.close());

test.each([
  { first: 'several agents', to: { role: 'implementer' }, next: FRONTEND },
  { first: 'one agent', to: FRONTEND, next: 'all' as const },
])(
  'a message_id that went to $first is not free for somebody else, whose answers would mean both',
  async ({ to, next }) => {
    await rig.delegate('t', { to });
    await expect(rig.delegate('t', { from: BACKEND, to: next })).rejects.toMatchObject({ reason: 'TASK_ID_TAKEN' });
  },
);

test('a fallback agent that has a task of the same request keeps that one, and its mail, when the other fails', async () => {
  await rig.delegate('t', { to: { role: 'implementer' }, routing: { fallbackAgents: [FRONTEND] } });
  const deliveryIds = (await rig.receive(BACKEND)).map(({ deliveryId }) => deliveryId);
  await rig.bus.deliveries.reject(anybody, BACKEND, { deliveryIds, disposition: 'drop', reason: 'not mine' });
  await rig.event('TASK_TIMED_OUT');
  expect(await rig.task('t#1')).toMatchObject({ status: TaskStatus.TIMED_OUT, assignee: BACKEND });
  expect(await rig.receive(FRONTEND)).toMatchObject([{ messageId: 't' }]);
  await rig.event('TASK_DELIVERED');
  await rig.respond(FRONTEND, 't');
  expect(await rig.task('t#2')).toMatchObject({ status: TaskStatus.COMPLETED });
});

test('a fallback agent that was done with a task of the same request is not asked again', async () => {
  await rig.delegate('t', { to: { role: 'implementer' }, routing: { fallbackAgents: [FRONTEND] } });
  await rig.respond(FRONTEND, 't', { status: 'failed' });
  const deliveryIds = (await rig.receive(BACKEND)).map(({ deliveryId }) => deliveryId);
  await rig.bus.deliveries.reject(anybody, BACKEND, { deliveryIds, disposition: 'drop', reason: 'not mine' });
  await rig.event('TASK_TIMED_OUT');
  expect(await rig.task('t#1')).toMatchObject({ status: TaskStatus.TIMED_OUT, assignee: BACKEND });
});
