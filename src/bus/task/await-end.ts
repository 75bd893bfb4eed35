import type { Task } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { isOpen } from '../session/evolve-tasks.ts';
import type { LiveSession } from '../session/live-session.ts';

/**
 * Resolves with a task once its end is on disk; with undefined when the signal aborts before it is decided. An end that
 * is on its way there is waited for: its answer goes to nobody else.
 */
export function awaitEnd(live: LiveSession, taskId: string, signal: AbortSignal): Promise<Task | undefined> {
  return new Promise((resolve) => {
    const check = (): void => {
      const task = live.tasks.get(taskId);
      const isDecided = task !== undefined && !isOpen(task);
      const isOver = isDecided && task.endedSequence <= (live.durable?.lastSequence ?? 0n);
      if (!isOver && (isDecided || !signal.aborted)) return;
      live.listeners.delete(check);
      signal.removeEventListener('abort', check);
      resolve(isOver ? task : undefined);
    };
    live.listeners.add(check);
    signal.addEventListener('abort', check);
    check();
  });
}
