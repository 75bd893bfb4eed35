import type { TaskResult } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { BusError } from '../bus-error.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { isLoose } from './loose-tasks.ts';
import type { PlacedTask } from './open-tasks.ts';
import { taskNotFound } from './parent.ts';

/** What the assignee of a task answered. */
export interface Answer {
  readonly agentId: string;
  /** The message_id of its TASK_RESPONSE. */
  readonly messageId: string;
  readonly result: TaskResult;
}

/**
 * The answer that ended a task, from the log, where results stay; undefined if none did. The end must be on disk. Rejects
 * SESSION_NOT_FOUND, or TASK_NOT_FOUND outside of sessions, when it was forgotten meanwhile.
 */
export async function readAnswer(registry: SessionRegistry, { live, task }: PlacedTask): Promise<Answer | undefined> {
  if (task.endedSequence === 0n) return undefined;
  const [event] = await registry.read(live, { after: Number(task.endedSequence) - 1, limit: 1 }).catch((error) => {
    throw error instanceof BusError && isLoose(live.sessionId) ? taskNotFound(task.taskId) : error;
  });
  if (event?.body.case !== 'taskCompleted' && event?.body.case !== 'taskFailed') return undefined;
  const { agentId, result } = event.body.value;
  return result && { agentId, messageId: event.cause, result };
}
