package io.agentbus;

/** How urgent a message is among those that wait in one mailbox. */
public enum Priority {
  /** None was named, which counts as {@link #MEDIUM}, or one that this client does not know. */
  UNKNOWN,
  /** When nothing else waits. */
  LOW,
  /** The usual. */
  MEDIUM,
  /** Before the usual. */
  HIGH,
  /** Before everything. */
  CRITICAL;
}
