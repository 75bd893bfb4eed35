/**
 * Goal: what tasks have to do with each other is known without going through them, in a session and in a draft over it.
 * Method: random changes, made to a map, and to overlays over a map that stays; both against a plain search.
 */

import { create } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { type Task, TaskSchema, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { isOpen } from '../../../src/bus/session/evolve-tasks.ts';
import { createTasks, overlay, type TaskMap } from '../../../src/bus/session/task-map.ts';

const STEPS = ['', 'build', 'review'];
const STATUSES = [TaskStatus.QUEUED, TaskStatus.WORKING, TaskStatus.COMPLETED, TaskStatus.CANCELLED];
const NAMES = Array.from({ length: 12 }, (_, at) => `t${at}`);

/** A sequence that is the same in every run. */
function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * sides);
  };
}

function changed(tasks: TaskMap, dice: (sides: number) => number): Task {
  const taskId = NAMES[dice(NAMES.length)] ?? '';
  const status = STATUSES[dice(STATUSES.length)] ?? TaskStatus.QUEUED;
  const before = tasks.get(taskId);
  if (before !== undefined) return { ...before, status };
  const parents = ['', ...[...tasks.values()].map((task) => task.taskId)];
  const parentTaskId = parents[dice(parents.length)] ?? '';
  return create(TaskSchema, { taskId, status, step: STEPS[dice(STEPS.length)] ?? '', parentTaskId });
}

function expectKin(tasks: TaskMap): void {
  const all = [...tasks.values()];
  expect(all).toHaveLength(tasks.size);
  for (const name of NAMES) {
    const children = all.filter(({ parentTaskId }) => parentTaskId === name);
    expect(tasks.childrenOf(name)).toEqual(children.map(({ taskId }) => taskId));
    expect(tasks.has(name)).toBe(all.some(({ taskId }) => taskId === name));
  }
  for (const step of ['build', 'review']) {
    expect(tasks.openIn(step)).toBe(all.filter((task) => task.step === step && isOpen(task)).length);
  }
}

test('children and open tasks are those that a search finds', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const dice = createDice(seed);
    const base = createTasks();
    for (let round = 0; round < 8; round++) {
      const before = [...base.values()];
      const draft = overlay(base);
      const changes = Array.from({ length: 4 }, () => {
        const task = changed(draft, dice);
        draft.set(task.taskId, task);
        return task;
      });
      expectKin(draft);
      expect([...base.values()]).toEqual(before);
      const after = [...draft.values()];
      for (const task of changes) base.set(task.taskId, task);
      expect([...base.values()]).toEqual(after);
      expectKin(base);
    }
  }
});
