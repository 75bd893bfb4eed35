package io.agentbus;

/** Where a task stands. */
public enum TaskStatus {
  /** A status that this client does not know. */
  UNKNOWN,
  /** In the assignee's mailbox. */
  QUEUED,
  /** Handed to the assignee. */
  DELIVERED,
  /** The assignee acknowledged it or reported progress. */
  WORKING,
  /** Answered with success. */
  COMPLETED,
  /** Answered with failure. */
  FAILED,
  /** Attempts and fallbacks are exhausted, or its deadline has passed. */
  TIMED_OUT,
  /** Called off. */
  CANCELLED;
}
