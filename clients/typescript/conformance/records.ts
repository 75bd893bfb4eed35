import { type Answer, type Session, SessionState, type Task, TaskStatus } from '@vibes/agent-communication-bus';
import type { Words } from './command.ts';
import { contentWords } from './content.ts';

/** A session as the lines say it. */
export function sessionWords({ sessionId, state, lastSequence, sharedContext = {}, contextRevision }: Session): Words {
  return {
    session_id: sessionId,
    state: SessionState[state],
    last_sequence: lastSequence,
    shared_context: sharedContext,
    context_revision: contextRevision,
  };
}

/** A task as the lines say it. */
export function taskWords({ taskId, status, assignee, attempt, progress, result, error }: Task): Words {
  return {
    task_id: taskId,
    status: TaskStatus[status],
    assignee,
    attempt,
    progress,
    ...(result !== undefined && contentWords({ contentType: result.contentType, ...named(result.content) })),
    ...(error !== undefined && { error: { reason: error.reason, message: error.message } }),
  };
}

/** An answer as the lines say it. */
export function answerWords({ taskId, agentId, failed, ...content }: Answer): Words {
  return { task_id: taskId, agent_id: agentId, failed, ...contentWords(content) };
}

function named(content: NonNullable<Task['result']>['content']) {
  if (content.case === 'payload') return { payload: content.value };
  return content.case === 'data' ? { data: content.value } : {};
}
