import { timestampMs } from '@bufbuild/protobuf/wkt';
import { type Task, TaskStatus } from '../../../gen/ts/agentbus/v1/task_pb.js';
import type { MessageRecord, MessageRecords } from '../../engine/engine.ts';
import { TASK_LIMITS } from '../../limits.ts';
import { membersOf } from '../session/commands.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import { isLoose } from './loose-tasks.ts';
import type { OpenTasks, PlacedTask } from './open-tasks.ts';
import { removedFromSession, type Supervisor } from './supervisor.ts';
import { accepted } from './task-mail.ts';

export interface ReconcileOptions {
  readonly registry: SessionRegistry;
  readonly openTasks: OpenTasks;
  readonly supervisor: Supervisor;
  readonly messages: Pick<MessageRecords, 'find'>;
}

/**
 * Makes up for what a crash kept from the logs: mail is settled, and a participant removed, in one write, and the task
 * hears of it in the next. It is told now. Called once, before anybody is served and after those who follow the mail
 * were told where it goes: what happens to it from then on is theirs.
 */
export async function reconcileTasks(options: ReconcileOptions): Promise<void> {
  const { openTasks, messages } = options;
  const open = [...openTasks.all()];
  for (let at = 0; at < open.length; at += TASK_LIMITS.recordsTogether) {
    const some = open.slice(at, at + TASK_LIMITS.recordsTogether);
    const records = await messages.find(
      some.map(({ task }) => ({ sender: task.delegator, messageId: task.messageId })),
    );
    await Promise.all(some.map((placed, index) => catchUp(placed, records[index] ?? [], options)));
  }
}

async function catchUp(
  placed: PlacedTask,
  copies: readonly MessageRecord[],
  { registry, supervisor }: ReconcileOptions,
): Promise<void> {
  const { live, task } = placed;
  // A timer or news of its mail may have been faster.
  if (live.tasks.get(task.taskId) !== task) return;
  if (!isLoose(live.sessionId) && !membersOf(live.decided).includes(task.assignee)) {
    return await supervisor.attemptFailed(placed, removedFromSession(task.assignee));
  }
  const mail = copies.filter(isOfAttempt(task));
  // What becomes of mail that is still on its way will be told.
  if (mail.some(({ state }) => state === 'queued' || state === 'delivered')) return;
  const newest = mail.at(-1);
  switch (newest?.state) {
    case 'dead_lettered':
    case 'expired':
    case 'withdrawn':
      return await supervisor.attemptFailed(placed, {
        reason: 'NOT_DELIVERED',
        message: newest.reason ?? newest.state,
      });
    default:
      // Acknowledged, perhaps so long ago that the record is forgotten.
      if (task.status === TaskStatus.WORKING) return;
      return await registry.append(live, { bodies: [accepted(placed)] }, { actor: task.assignee });
  }
}

/** What its assignee was sent before the attempt began, the newest of which is its mail. Later ones are dead letters that came back. */
function isOfAttempt({ assignee, attemptTime }: Task): (copy: MessageRecord) => boolean {
  return ({ recipient, acceptedAt }) =>
    recipient === assignee && (attemptTime === undefined || acceptedAt <= timestampMs(attemptTime));
}
