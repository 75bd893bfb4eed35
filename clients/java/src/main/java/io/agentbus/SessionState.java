package io.agentbus;

/** Whether a session is under way. */
public enum SessionState {
  /** A state that this client does not know. */
  UNKNOWN,
  /** Under way. */
  ACTIVE,
  /** Ended as planned. It stays readable and takes no change. */
  COMPLETED,
  /** Broken off. It stays readable and takes no change. */
  TERMINATED;
}
