package io.agentbus;

/** What a message means to the bus. */
public enum MessageType {
  /** A type that this client does not know. It can be received and not be sent. */
  UNKNOWN,
  /** A piece of work; its id becomes the task's id. */
  TASK_REQUEST,
  /** The end of the task that its correlation id names. */
  TASK_RESPONSE,
  /** Progress on the task that its correlation id names. */
  STATUS_UPDATE,
  /** News that something went wrong. */
  ERROR,
  /** A sign of life for another agent to see. */
  HEARTBEAT,
  /** Anything else worth telling. */
  NOTIFICATION;
}
