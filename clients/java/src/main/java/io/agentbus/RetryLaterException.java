package io.agentbus;

import java.time.Duration;
import java.util.Objects;

/**
 * Thrown by a handler that cannot do its work now: the message goes back to the mailbox and comes
 * again, to this or another instance. Each time counts as a delivery, of which a message has five.
 */
public final class RetryLaterException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final Duration delay;

  /**
   * Puts the message back.
   *
   * @param delay how long it stays away: 0 to 1 day
   */
  public RetryLaterException(Duration delay) {
    this(delay, "the agent asked to retry later");
  }

  /**
   * Puts the message back, and says why.
   *
   * @param delay how long it stays away: 0 to 1 day
   * @param reason why, for people; at most 1,024 bytes of it are kept
   */
  public RetryLaterException(Duration delay, String reason) {
    super(Objects.requireNonNull(reason));
    this.delay = Objects.requireNonNull(delay);
  }

  /**
   * How long the message stays away.
   *
   * @return the delay
   */
  public Duration delay() {
    return delay;
  }
}
