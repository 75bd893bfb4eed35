/** Goal: nobody counts as gone who was heard of while that was looked into. Method: the watch alone, with reads by hand. */
import { create } from '@bufbuild/protobuf';
import { timestampFromMs } from '@bufbuild/protobuf/wkt';
import { expect, test } from 'vitest';
import { SessionSchema } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { type Task, TaskSchema, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { createLiveSession } from '../../../src/bus/session/live-session.ts';
import { createTasks } from '../../../src/bus/session/task-map.ts';
import { watchGoneAgents } from '../../../src/bus/task/gone-agents.ts';
import type { MessageRecord } from '../../../src/engine/engine.ts';
import { createFakeClock } from '../../fake-clock.ts';

const AGENT = 'test://worker';
const LEASE_MS = 30_000;

/** A task that an agent has and went away with, and whose mail is being read. */
async function openLook() {
  const clock = createFakeClock(0);
  const task = create(TaskSchema, { taskId: 't', assignee: AGENT, status: TaskStatus.WORKING });
  const tasks = createTasks();
  tasks.set('t', task);
  const live = createLiveSession({
    decided: create(SessionSchema),
    tasks,
    durable: undefined,
    snapshotSequence: 0,
    snapshotBytes: 0,
  });
  const read = Promise.withResolvers<MessageRecord[][]>();
  const failed: string[] = [];
  const presence: { goneSince: number | undefined } = { goneSince: 0 };
  const stop = watchGoneAgents({
    openTasks: { inHand: () => [{ agentId: AGENT, tasks: [{ live, task }] }] } as never,
    supervisor: { attemptFailed: async ({ task: { taskId } }: { task: Task }) => void failed.push(taskId) } as never,
    messages: { find: () => read.promise },
    clock,
    taskLeaseMs: LEASE_MS,
    goneSince: () => presence.goneSince,
    failed: (error) => void failed.push(String(error)),
  });
  clock.advance(LEASE_MS);
  stop();
  return {
    presence,
    tasks,
    async failedAfterRead() {
      read.resolve([[]]);
      await new Promise((resolve) => setImmediate(resolve));
      return failed;
    },
  };
}

test('an agent that is gone loses its task', async () => {
  const look = await openLook();
  expect(await look.failedAfterRead()).toEqual(['t']);
});

test('an agent that reports progress while its mail is read keeps its task', async () => {
  const look = await openLook();
  const before = look.tasks.get('t');
  if (before !== undefined) look.tasks.set('t', { ...before, updatedAt: timestampFromMs(LEASE_MS) });
  expect(await look.failedAfterRead()).toEqual([]);
});

test('an agent that comes back while its mail is read keeps its task', async () => {
  const look = await openLook();
  look.presence.goneSince = undefined;
  expect(await look.failedAfterRead()).toEqual([]);
});
