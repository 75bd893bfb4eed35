import type { SessionEvent } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import type { BusObserver } from '../observer.ts';
import type { SessionRegistry } from '../session/session-registry.ts';

/** How each event that ends a task is counted: by the name of the status. */
const ENDINGS = {
  taskCompleted: 'COMPLETED',
  taskFailed: 'FAILED',
  taskTimedOut: 'TIMED_OUT',
  taskCancelled: 'CANCELLED',
} as const;

/** Tells the observer of tasks as their events become durable, those outside of sessions included. */
export function countTasks(registry: Pick<SessionRegistry, 'onEvent'>, observer: BusObserver): void {
  registry.onEvent(({ body }: SessionEvent) => {
    switch (body.case) {
      case 'taskDelegated':
        return observer.taskDelegated?.();
      case 'taskAttemptFailed':
        return observer.attemptFailed?.(body.value.error?.reason ?? '');
      case 'taskCompleted':
      case 'taskFailed':
      case 'taskTimedOut':
      case 'taskCancelled':
        return observer.taskEnded?.(ENDINGS[body.case]);
      default:
        return undefined;
    }
  });
}
