/** Who wants to hear of a mailbox. */
export interface Subscribers {
  add(agentId: string, listener: () => void): () => void;
  /** Calls the listeners of a mailbox once the current work is done, however often it is told before that. */
  notify(agentId: string): void;
}

export function createSubscribers(): Subscribers {
  const listeners = new Map<string, Set<() => void>>();
  let due = new Set<string>();

  const callAll = (): void => {
    const agentIds = due;
    due = new Set();
    for (const agentId of agentIds) {
      for (const listener of listeners.get(agentId) ?? []) listener();
    }
  };
  return {
    add(agentId, listener) {
      const own = (): void => listener();
      const all = listeners.get(agentId) ?? new Set();
      listeners.set(agentId, all.add(own));
      return () => {
        all.delete(own);
        if (all.size === 0 && listeners.get(agentId) === all) listeners.delete(agentId);
      };
    },
    notify(agentId) {
      if (!listeners.has(agentId)) return;
      if (due.size === 0) queueMicrotask(callAll);
      due.add(agentId);
    },
  };
}
