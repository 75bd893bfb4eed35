package io.agentbus;

/** What follows when a step of an automatic workflow fails. */
public enum StepFailurePolicy {
  /** What depends on it does not start. */
  HOLD,
  /** What depends on it starts as if it were completed. */
  SKIP,
  /** The session is terminated. */
  STOP;
}
