/** Goal: requests of two agents that have one message_id do not disturb each other. Method: the real bus, time by hand. */
import { durationFromMs } from '@bufbuild/protobuf/wkt';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BACKEND, FRONTEND, ORCHESTRATOR } from '../../open-bus.ts';
import { openTaskRig, type TaskRig } from './task-rig.ts';

let rig: TaskRig;
beforeEach(async () => {
  rig = await openTaskRig();
});
afterEach(() => rig.bus.close());

test('a request is not kept for the open task of somebody else whose request has the same message_id', async () => {
  const routing = { timeout: durationFromMs(10_000), retryPolicy: { maxRetries: 1 } };
  await rig.delegate('t', { to: { role: 'implementer' }, routing });
  await rig.delegate('t', { from: BACKEND, to: FRONTEND, routing });
  expect(await rig.engine.messages.envelope({ sender: BACKEND, messageId: 't' })).toBeDefined();
  await rig.cancel('t', BACKEND);
  expect(await rig.engine.messages.envelope({ sender: BACKEND, messageId: 't' })).toBeUndefined();
  expect(await rig.engine.messages.envelope({ sender: ORCHESTRATOR, messageId: 't' })).toBeDefined();
});
