import type { JsonObject } from '@bufbuild/protobuf';
import { Priority } from '../../gen/ts/agentbus/v1/envelope_pb.js';
import { type Task, type TaskResult, TaskStatus } from '../../gen/ts/agentbus/v1/task_pb.js';
import { lower, rfc3339 } from './view-values.ts';

/** A task as plain data, with the names and lower-case words of the JSON that agents write. */
export interface TaskView {
  readonly task_id: string;
  /** The message that asked for it; several tasks have the same one if it went to several agents. */
  readonly message_id: string;
  readonly session_id: string;
  readonly step: string;
  readonly delegator: string;
  /** Who is to do it now. */
  readonly assignee: string;
  /** Who was asked first. */
  readonly requested_assignee: string;
  readonly status: 'queued' | 'delivered' | 'working' | 'completed' | 'failed' | 'timed_out' | 'cancelled';
  /** From 1 for each assignee. */
  readonly attempt: number;
  /** 0 to 100. */
  readonly progress: number;
  readonly note: string;
  readonly parent_task_id: string;
  readonly priority: 'low' | 'medium' | 'high' | 'critical';
  /** What was answered; lists of tasks leave it out. */
  readonly result?: TaskResultView;
  /** Why it did not succeed. */
  readonly error?: { readonly reason: string; readonly message: string };
  /** RFC 3339. */
  readonly created_at: string;
  /** RFC 3339. */
  readonly updated_at: string;
  /** RFC 3339. */
  readonly deadline?: string;
}

/** What an agent answered: a JSON object, or bytes of a media type, or nothing. */
export interface TaskResultView {
  readonly payload?: JsonObject;
  readonly data?: Uint8Array;
  readonly content_type?: string;
}

/** A task as the program may keep and even change it: nothing of it is the bus's own. */
export function viewTask(task: Task): TaskView {
  const { result, error, deadline } = task;
  return structuredClone<TaskView>({
    task_id: task.taskId,
    message_id: task.messageId,
    session_id: task.sessionId,
    step: task.step,
    delegator: task.delegator,
    assignee: task.assignee,
    requested_assignee: task.requestedAssignee,
    status: lower<TaskView['status']>(TaskStatus[task.status]),
    attempt: task.attempt,
    progress: task.progress,
    note: task.note,
    parent_task_id: task.parentTaskId,
    priority: lower<TaskView['priority']>(Priority[task.priority || Priority.MEDIUM]),
    ...(result && { result: viewResult(result) }),
    ...(error && { error: { reason: error.reason, message: error.message } }),
    created_at: rfc3339(task.createdAt),
    updated_at: rfc3339(task.updatedAt),
    ...(deadline && { deadline: rfc3339(deadline) }),
  });
}

/** The content of an answer. */
export function viewResult({ content, contentType }: TaskResult): TaskResultView {
  if (content.case === 'payload') return { payload: content.value };
  return content.case === 'data' ? { data: content.value, content_type: contentType } : {};
}
