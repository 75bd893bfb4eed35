import type { Task } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { isOpen } from './evolve-tasks.ts';

/**
 * Tasks of a session by id, for reading, in the order in which they were delegated. A session has thousands, and each
 * that ends asks for those of its kin: they are found without going through all.
 */
export interface TaskMap {
  readonly size: number;
  get(taskId: string): Task | undefined;
  has(taskId: string): boolean;
  values(): Iterable<Task>;
  /** Ids of the tasks that one caused, whatever their status. */
  childrenOf(taskId: string): readonly string[];
  /** How many tasks of a step are open. */
  openIn(step: string): number;
}

/** The same, with tasks that are added and replaced. A task keeps its step and the one that caused it. */
export interface Tasks extends TaskMap {
  set(taskId: string, task: Task): void;
}

export function createTasks(): Tasks {
  const tasks = new Map<string, Task>();
  const kin = createKin();
  return {
    get size() {
      return tasks.size;
    },
    get: (taskId) => tasks.get(taskId),
    has: (taskId) => tasks.has(taskId),
    values: () => tasks.values(),
    childrenOf: kin.childrenOf,
    openIn: kin.openIn,
    set(taskId, task) {
      kin.follow(tasks.get(taskId), task);
      tasks.set(taskId, task);
    },
  };
}

/** Tasks over others that stay as they are. */
export function overlay(base: TaskMap): Tasks {
  const changed = new Map<string, Task>();
  const added = new Map<string, Task>();
  const kin = createKin();
  const get = (taskId: string): Task | undefined => changed.get(taskId) ?? base.get(taskId) ?? added.get(taskId);
  return {
    get,
    has: (taskId) => base.has(taskId) || added.has(taskId),
    get size() {
      return base.size + added.size;
    },
    *values() {
      for (const task of base.values()) yield changed.get(task.taskId) ?? task;
      yield* added.values();
    },
    childrenOf: (taskId) => [...base.childrenOf(taskId), ...kin.childrenOf(taskId)],
    openIn: (step) => base.openIn(step) + kin.openIn(step),
    set(taskId, task) {
      kin.follow(get(taskId), task);
      (base.has(taskId) ? changed : added).set(taskId, task);
    },
  };
}

/** What tasks have to do with each other: of all of them, or by how much that differs from what is below. */
function createKin(): Pick<TaskMap, 'childrenOf' | 'openIn'> & { follow(before: Task | undefined, after: Task): void } {
  const children = new Map<string, string[]>();
  const open = new Map<string, number>();
  return {
    childrenOf: (taskId) => children.get(taskId) ?? [],
    openIn: (step) => open.get(step) ?? 0,
    follow(before, after) {
      const { taskId, parentTaskId, step } = after;
      if (before === undefined && parentTaskId !== '') {
        const siblings = children.get(parentTaskId);
        if (siblings === undefined) children.set(parentTaskId, [taskId]);
        else siblings.push(taskId);
      }
      const more = Number(isOpen(after)) - Number(before !== undefined && isOpen(before));
      if (step !== '' && more !== 0) open.set(step, (open.get(step) ?? 0) + more);
    },
  };
}
