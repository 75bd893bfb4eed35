package io.agentbus;

/** What happened in a session. */
public enum SessionEventType {
  /** Something that this client does not know. */
  UNKNOWN,
  /** The session began. */
  SESSION_CREATED,
  /** An agent joined. */
  PARTICIPANT_ADDED,
  /** An agent left or was removed. */
  PARTICIPANT_REMOVED,
  /** The workflow moved. */
  WORKFLOW_UPDATED,
  /** The shared context changed. */
  SHARED_CONTEXT_UPDATED,
  /** A message other than a task's was sent. */
  MESSAGE_SENT,
  /** A task was delegated. */
  TASK_DELEGATED,
  /** A task was handed to its assignee. */
  TASK_DELIVERED,
  /** A task's assignee acknowledged it. */
  TASK_ACCEPTED,
  /** A task's assignee reported progress. */
  TASK_PROGRESSED,
  /** An attempt of a task failed, and another follows. */
  TASK_ATTEMPT_FAILED,
  /** A task was answered with success. */
  TASK_COMPLETED,
  /** A task was answered with failure. */
  TASK_FAILED,
  /** A task ran out of attempts or time. */
  TASK_TIMED_OUT,
  /** A task was called off. */
  TASK_CANCELLED,
  /** An answer came for a task that had ended already; it changed nothing. */
  TASK_RESPONSE_IGNORED,
  /** The session ended as planned. */
  SESSION_COMPLETED,
  /** The session was broken off. */
  SESSION_TERMINATED;
}
