import { AgentbusError } from '../errors.ts';
import type { ConnectionStatus } from './connection-status.ts';

/** What the program is told of the life of its agent. */
export interface Lifecycle {
  readonly status: ConnectionStatus;
  /** Why nothing can be sent any more; undefined while the agent is on the bus or on its way. */
  readonly over: AgentbusError | undefined;
  set(status: ConnectionStatus): void;
  /** The bus has welcomed the agent. */
  welcomed(): void;
  /** The agent is off the bus for good: as it was told to, or with an error. Returns what unfinished business fails with. */
  finish(error: AgentbusError | undefined): AgentbusError;
  /** Resolves with the first welcome. */
  ready(): Promise<void>;
  /** Resolves or rejects when the agent is off the bus for good. */
  closed(): Promise<void>;
}

/** Makes the lifecycle of an agent that is about to connect. */
export function createLifecycle(onStatus: ((status: ConnectionStatus) => void) | undefined): Lifecycle {
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  // Whoever asks for one of them gets the rejection; `finish` sees to it that somebody does.
  for (const { promise } of [opened, ended]) promise.catch(() => {});
  let isObserved = onStatus !== undefined;
  let status: ConnectionStatus = { state: 'connecting' };
  let over: AgentbusError | undefined;

  function set(next: ConnectionStatus): void {
    status = next;
    try {
      onStatus?.(next);
    } catch (thrown) {
      // The program's fault, and not the stream's end.
      queueMicrotask(() => {
        throw thrown;
      });
    }
  }

  function observe(promise: Promise<void>): Promise<void> {
    isObserved = true;
    return promise.then();
  }

  return {
    get status() {
      return status;
    },
    get over() {
      return over;
    },
    set,
    welcomed: () => opened.resolve(),
    finish(error) {
      over = error ?? hasLeft();
      opened.reject(over);
      if (error === undefined) {
        set({ state: 'closed' });
        ended.resolve();
        return over;
      }
      set({ state: error.reason === 'STREAM_FENCED' ? 'fenced' : 'failed', error });
      ended.reject(error);
      // An agent that nobody watches must not vanish without a word: the process hears of it.
      if (!isObserved) void Promise.reject(error);
      return over;
    },
    ready: () => observe(opened.promise),
    closed: () => observe(ended.promise),
  };
}

/** What fails when the agent leaves. */
export function hasLeft(): AgentbusError {
  return new AgentbusError({ code: 'CANCELLED', message: 'the agent has left the bus' });
}
