import type { Task, TaskResult } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { PlacedTask } from './open-tasks.ts';

/** What the assignee of a task answered. */
export interface Answer {
  readonly agentId: string;
  /** The message_id of its TASK_RESPONSE. */
  readonly messageId: string;
  readonly result: TaskResult;
}

/** A task as it is on disk, with its answer if it has one: results are read from the log, where they stay. */
export async function readOutcome(
  registry: SessionRegistry,
  { live, task }: PlacedTask,
): Promise<{ task: Task; answer: Answer | undefined }> {
  if (task.endedSequence === 0n) return { task, answer: undefined };
  if ((live.durable?.lastSequence ?? 0n) < task.endedSequence) await live.written;
  const [event] = await registry.read(live, { after: Number(task.endedSequence) - 1, limit: 1 });
  if (event?.body.case !== 'taskCompleted' && event?.body.case !== 'taskFailed') return { task, answer: undefined };
  const { agentId, result } = event.body.value;
  return { task, answer: result && { agentId, messageId: event.cause, result } };
}
