/** Runs tasks that share a key one after the other, and all others at the same time. */
export interface KeyedQueue {
  /** Runs `task` when every earlier task with this key has ended, however it ended; gives its result. */
  run<T>(key: string, task: () => Promise<T>): Promise<T>;
}

export function createKeyedQueue(): KeyedQueue {
  const tails = new Map<string, Promise<unknown>>();
  return {
    run(key, task) {
      const before = tails.get(key);
      const result = before === undefined ? task() : before.then(task, task);
      tails.set(key, result);
      const forget = (): void => {
        if (tails.get(key) === result) tails.delete(key);
      };
      // Whoever called has the error; this branch only tidies up.
      result.then(forget, forget);
      return result;
    },
  };
}
