import type { EndedMessage } from '../engine.ts';

/** Who wants to hear of messages that ended otherwise than by an acknowledgement. */
export interface EndedListeners {
  add(listener: (message: EndedMessage) => void): () => void;
  tell(message: EndedMessage): void;
}

export function createEndedListeners(): EndedListeners {
  const listeners = new Set<(message: EndedMessage) => void>();
  return {
    add(listener) {
      const own = (message: EndedMessage): void => listener(message);
      listeners.add(own);
      return () => void listeners.delete(own);
    },
    tell(message) {
      for (const listener of listeners) listener(message);
    },
  };
}
