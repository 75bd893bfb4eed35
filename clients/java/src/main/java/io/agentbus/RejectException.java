package io.agentbus;

import java.util.Objects;

/**
 * Thrown by a handler that will never do its work: the message becomes a dead letter. The attempt
 * of a task has failed with it, and the bus asks again or somebody else if the task says so.
 */
public final class RejectException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * Gives the message up.
   *
   * @param reason why, for whoever reads the dead letters; at most 1,024 bytes of it are kept
   */
  public RejectException(String reason) {
    super(Objects.requireNonNull(reason));
  }
}
