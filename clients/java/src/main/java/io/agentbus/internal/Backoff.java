package io.agentbus.internal;

import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * The waits before repeated tries, with full jitter: each is drawn evenly between 0 and a bound
 * that doubles, so that clients which lost the same bus do not come back in step. Not thread-safe.
 */
public final class Backoff {
  private final DoubleSupplier random;
  private long boundNanos = Limits.FIRST_BACKOFF.toNanos();

  /**
   * Starts at the smallest bound.
   *
   * @param random draws from 0 (inclusive) to 1 (exclusive)
   */
  public Backoff(DoubleSupplier random) {
    this.random = random;
  }

  /** How long to wait before the next try. */
  public Duration next() {
    long waitNanos = (long) (random.getAsDouble() * boundNanos);
    boundNanos = Math.min(boundNanos * 2, Limits.LAST_BACKOFF.toNanos());
    return Duration.ofNanos(waitNanos);
  }

  /** Starts over, after a success. */
  public void reset() {
    boundNanos = Limits.FIRST_BACKOFF.toNanos();
  }
}
