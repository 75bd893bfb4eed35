package io.agentbus;

import java.time.Duration;
import java.util.Optional;

/**
 * Where the connection of an agent stands.
 *
 * @param state the word for it
 * @param error why: of {@code WAITING} what ended the stream, of {@code FENCED} and {@code FAILED}
 *     what ended the agent, of {@code ONLINE} that a frame was refused which was no message
 * @param retryIn of {@code WAITING}: when another stream is opened; zero otherwise
 */
public record AgentStatus(State state, Optional<AgentbusException> error, Duration retryIn) {
  /** The words for where a connection stands. */
  public enum State {
    /** A stream is being opened. */
    CONNECTING,
    /** The bus has welcomed the agent. */
    ONLINE,
    /** The stream is lost; another will be opened after a wait. */
    WAITING,
    /** The agent takes no more work and finishes what it has. */
    DRAINING,
    /** The agent has left as it was told to. */
    CLOSED,
    /** Another process took this instance's place. Final. */
    FENCED,
    /** The bus refuses the agent, or could not be reached in time. Final. */
    FAILED
  }

  /**
   * A status without more to say.
   *
   * @param state the word for it
   * @return the status
   */
  public static AgentStatus of(State state) {
    return new AgentStatus(state, Optional.empty(), Duration.ZERO);
  }
}
