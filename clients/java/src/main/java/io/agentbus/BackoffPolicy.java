package io.agentbus;

/** How the wait before a retry of a task grows. */
public enum BackoffPolicy {
  /** Retries come at once. */
  NONE,
  /** The n-th retry waits n times the initial delay. */
  LINEAR,
  /** Each retry waits twice as long as the one before. */
  EXPONENTIAL;
}
