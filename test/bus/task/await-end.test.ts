/**
 * Goal: whoever waits for a task hears of its end when that is on disk, and of no other.
 * Method: a session in memory whose way to disk the test goes by hand.
 */

import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { SessionSchema } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { TaskSchema, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { createLiveSession } from '../../../src/bus/session/live-session.ts';
import { createTasks } from '../../../src/bus/session/task-map.ts';
import { awaitEnd } from '../../../src/bus/task/await-end.ts';

const open = create(TaskSchema, { taskId: 't', status: TaskStatus.WORKING });
const ended = { ...open, status: TaskStatus.COMPLETED, endedSequence: 2n };

function waitForTask() {
  const session = create(SessionSchema, { sessionId: 's', lastSequence: 1n });
  const live = createLiveSession({
    decided: session,
    tasks: createTasks(),
    durable: session,
    snapshotSequence: 0,
    snapshotBytes: 0,
  });
  live.tasks.set('t', open);
  const call = new AbortController();
  let heard: unknown = 'nothing';
  void awaitEnd(live, 't', call.signal).then((task) => (heard = task));
  return {
    live,
    call,
    heard: async () => {
      await Promise.resolve();
      return heard;
    },
    reachDisk() {
      live.durable = { ...session, lastSequence: 2n };
      for (const listener of live.listeners) listener();
    },
  };
}

test('an end is told when it is on disk, also when the wait is over in between', async () => {
  const { live, call, heard, reachDisk } = waitForTask();
  live.tasks.set('t', ended);
  expect(await heard()).toBe('nothing');
  // Nobody else is sent the answer that this call waits for.
  call.abort();
  expect(await heard()).toBe('nothing');
  reachDisk();
  expect(await heard()).toBe(ended);
  expect(live.listeners.size).toBe(0);
});

test('a wait that is over before the task is told of nothing', async () => {
  const { live, call, heard } = waitForTask();
  call.abort();
  expect(await heard()).toBeUndefined();
  expect(live.listeners.size).toBe(0);
});
