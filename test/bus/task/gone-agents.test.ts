/**
 * Goal: a look for agents that are gone costs the store little, however many tasks they have in hand.
 * Method: the watch alone, with time by hand and a store that counts.
 */

import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { SessionSchema } from '../../../gen/ts/agentbus/v1/session_pb.js';
import { TaskSchema, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { createLiveSession } from '../../../src/bus/session/live-session.ts';
import { createTasks } from '../../../src/bus/session/task-map.ts';
import { watchGoneAgents } from '../../../src/bus/task/gone-agents.ts';
import type { MessageKey, MessageRecord } from '../../../src/engine/engine.ts';
import { createFakeClock } from '../../fake-clock.ts';

const GONE = 'a://gone';

test('the store is asked for many records at a time, and what is leased is left alone', async () => {
  const clock = createFakeClock();
  const session = create(SessionSchema, { sessionId: 's', lastSequence: 1n });
  const live = createLiveSession({ decided: session, tasks: createTasks(), durable: session, snapshotSequence: 0 });
  const tasks = Array.from({ length: 1_200 }, (_, at) => {
    const name = `t${at}`;
    const fields = { taskId: name, messageId: name, delegator: 'a://d', assignee: GONE, status: TaskStatus.WORKING };
    return { live, task: create(TaskSchema, fields) };
  });
  const questions: number[] = [];
  const failed: string[] = [];
  const stop = watchGoneAgents({
    clock,
    taskLeaseMs: 30_000,
    goneSince: () => 0,
    openTasks: { inHand: () => [{ agentId: GONE, tasks }] },
    supervisor: { attemptFailed: async ({ task }) => void failed.push(task.taskId) },
    messages: {
      async find(keys: readonly MessageKey[]) {
        questions.push(keys.length);
        const state = 'delivered' as const;
        const leased = { recipient: GONE, state, acceptedAt: 0, attempts: 1, fingerprint: new Uint8Array() };
        return keys.map((key): MessageRecord[] => (key.messageId === 't7' ? [{ ...key, ...leased }] : []));
      },
    },
    failed: (error) => expect.unreachable(String(error)),
  });
  clock.advance(30_000);
  await expect.poll(() => failed.length).toBe(1_199);
  expect(failed).not.toContain('t7');
  expect(questions.length).toBeLessThanOrEqual(3);
  stop();
});
