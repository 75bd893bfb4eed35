package io.agentbus;

import io.agentbus.internal.Limits;
import java.time.Duration;

/**
 * How to wait for an answer.
 *
 * @param timeout how long to wait for the end of the task: above 0, at most 1 hour
 * @param cancelOnTimeout whether the bus calls the task off when the wait is over before the task
 */
public record AskOptions(Duration timeout, boolean cancelOnTimeout) {
  /** Waits for an hour, and lets the task go on. */
  public static final AskOptions DEFAULT = new AskOptions(Limits.MAX_ANSWER_WAIT, false);

  /**
   * Checks the timeout.
   *
   * @param timeout above 0, at most 1 hour
   * @param cancelOnTimeout whether the task ends with the wait
   */
  public AskOptions {
    if (timeout.isNegative() || timeout.isZero() || timeout.compareTo(Limits.MAX_ANSWER_WAIT) > 0) {
      throw new IllegalArgumentException("a timeout is above 0 and at most 1 hour");
    }
  }

  /**
   * Waits for a while, and lets the task go on.
   *
   * @param timeout above 0, at most 1 hour
   * @return the options
   */
  public static AskOptions waiting(Duration timeout) {
    return new AskOptions(timeout, false);
  }
}
