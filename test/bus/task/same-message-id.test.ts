/** Goal: the name of a request means one thing in its session. Method: the real bus. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { BACKEND, FRONTEND } from '../../open-bus.ts';
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
