import { create } from '@bufbuild/protobuf';
import { timestampFromMs, timestampMs } from '@bufbuild/protobuf/wkt';
import { TaskAttemptFailedSchema } from '../../../gen/ts/agentbus/v1/session_event_pb.js';
import { type Task, TaskErrorSchema } from '../../../gen/ts/agentbus/v1/task_pb.js';
import { fingerprintOf } from '../message/fingerprint.ts';
import { tagOf } from '../message/tags.ts';
import { membersOf } from '../session/commands.ts';
import type { Draft } from '../session/draft.ts';
import { DEADLINE_EXCEEDED, type Failure, takeBack, timeOutTask } from './end-task.ts';
import { isLoose } from './loose-tasks.ts';
import { type NextAttempt, nextAttempts } from './next-attempt.ts';
import { tasksOfMessage } from './task-names.ts';

export interface FailedAttempt {
  readonly failure: Failure;
  /** The request, to be sent again; undefined if the task has no further attempt. */
  readonly envelope: Uint8Array | undefined;
  /** Whether the delegator is told by mail when nobody is left. */
  readonly tell: boolean;
  /** How long a request without a deadline may wait for its agent; undefined for any time. */
  readonly defaultTtlMs: number | undefined;
}

/**
 * Ends an attempt: the next one is on its way in the same write, to the same agent after the backoff or to a
 * fallback; if nobody is left the task has timed out.
 */
export function failAttempt(draft: Draft, task: Task, failed: FailedAttempt): void {
  const { failure, envelope, tell, defaultTtlMs } = failed;
  const next =
    envelope &&
    nextAttempts(task, { random: draft.random, isGone: failure.reason === 'AGENT_GONE' }).find((attempt) =>
      isPossible(draft, task, { attempt, envelope }),
    );
  if (next === undefined || envelope === undefined) {
    timeOutTask(draft, task, { failure: isPastDeadline(draft, task) ? DEADLINE_EXCEEDED : failure, tell });
    return;
  }
  // The news is worth less than the attempt, which it goes before: the agent may be the same.
  const letGo = draft.reserve(next.assignee, envelope.length);
  takeBack(draft, task, { event: 'task_withdrawn', code: failure.reason, reason: failure.message });
  letGo();
  const at = draft.now + next.delayMs;
  const expiresAt = task.deadline ? timestampMs(task.deadline) : defaultTtlMs && at + defaultTtlMs;
  draft.add({
    case: 'taskAttemptFailed',
    value: create(TaskAttemptFailedSchema, {
      taskId: task.taskId,
      assignee: task.assignee,
      attempt: task.attempt,
      error: create(TaskErrorSchema, failure),
      nextAssignee: next.assignee,
      nextAttempt: next.attempt,
      nextAttemptTime: timestampFromMs(at),
    }),
  });
  draft.send({
    sender: task.delegator,
    messageId: task.messageId,
    fingerprint: fingerprintOf(envelope),
    recipients: [next.assignee],
    priority: task.priority,
    acceptedAt: draft.now,
    tag: tagOf({ isTask: true, attempt: next.attempt, receipts: task.routing?.receipts ?? [] }),
    further: true,
    envelope,
    ...(next.delayMs > 0 && { availableAt: at }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
}

/** Whatever became of the last attempt, and whichever of the two was noticed first: the time was over. */
function isPastDeadline({ now }: Draft, { deadline }: Task): boolean {
  return deadline !== undefined && timestampMs(deadline) <= now;
}

interface Candidate {
  readonly attempt: NextAttempt;
  readonly envelope: Uint8Array;
}

/** An attempt that would begin too late, that could not be answered or that finds no room is passed over. */
function isPossible(draft: Draft, task: Task, { attempt, envelope }: Candidate): boolean {
  const { deadline } = task;
  if (deadline !== undefined && draft.now + attempt.delayMs >= timestampMs(deadline)) return false;
  const { session } = draft;
  if (!isLoose(session.sessionId) && !membersOf(session).includes(attempt.assignee)) return false;
  return !hasAnother(draft, task, attempt.assignee) && draft.hasRoom(attempt.assignee, envelope.length);
}

/**
 * Mail tells the tasks of one request apart by their assignees alone, and an agent knows both by one name: none gets
 * two of them, not even when it is done with the first, whose mail it may still have.
 */
function hasAnother({ tasks }: Draft, { taskId, messageId }: Task, agentId: string): boolean {
  return [...tasksOfMessage(tasks, messageId)].some((other) => other.taskId !== taskId && other.assignee === agentId);
}
