package io.agentbus;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/**
 * A call or a message was refused, or the bus cannot be reached. Every future of the client that
 * fails does so with this.
 *
 * <p>{@code join()} and {@code get()} of a future throw it as the cause of their own exceptions;
 * {@link #from} finds it there.
 */
public final class AgentbusException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final StatusCode code;
  private final String reason;
  private final String text;
  private final transient Map<String, String> facts;

  /**
   * Makes an error without a reason.
   *
   * @param code what kind of error it is
   * @param text what went wrong, for people
   */
  public AgentbusException(StatusCode code, String text) {
    this(code, null, text, Map.of(), null);
  }

  /**
   * Makes an error.
   *
   * @param code what kind of error it is
   * @param reason a name of the contract's {@code ErrorReason}, or null for none
   * @param text what went wrong, for people
   * @param facts what the contract documents for the reason
   * @param cause what brought it about, or null
   */
  public AgentbusException(
      StatusCode code, String reason, String text, Map<String, String> facts, Throwable cause) {
    super(code + (reason == null ? "" : " (" + reason + ")") + ": " + text, cause);
    this.code = Objects.requireNonNull(code);
    this.reason = reason;
    this.text = text;
    this.facts = Map.copyOf(facts);
  }

  /**
   * The gRPC status. Only {@link StatusCode#UNAVAILABLE} is worth repeating unchanged.
   *
   * @return never {@link StatusCode#OK}
   */
  public StatusCode code() {
    return code;
  }

  /**
   * Why, for programs: a name of the contract's {@code ErrorReason} without its prefix.
   *
   * @return empty when the bus did not say, as when it cannot be reached
   */
  public Optional<String> reason() {
    return Optional.ofNullable(reason);
  }

  /**
   * Whether the bus gave this reason.
   *
   * @param name such as {@code MAILBOX_FULL}
   * @return true if it is the reason
   */
  public boolean hasReason(String name) {
    return name.equals(reason);
  }

  /**
   * What went wrong, for people, without the code and the reason that {@link #getMessage} begins
   * with.
   *
   * @return the text of the bus
   */
  public String text() {
    return text;
  }

  /**
   * The facts that the contract documents for the reason, such as {@code limit} and {@code actual}.
   *
   * @return empty when there are none
   */
  public Map<String, String> facts() {
    return facts == null ? Map.of() : facts;
  }

  /**
   * The error that a future failed with, out of whatever {@code join()}, {@code get()} or a
   * callback wrapped it in.
   *
   * @param thrown anything that was thrown
   * @return the error of the bus, or one with the code UNKNOWN that has {@code thrown} as its cause
   */
  public static AgentbusException from(Throwable thrown) {
    Throwable inner = thrown;
    while ((inner instanceof CompletionException || inner instanceof ExecutionException)
        && inner.getCause() != null) {
      inner = inner.getCause();
    }
    if (inner instanceof AgentbusException error) {
      return error;
    }
    return new AgentbusException(
        StatusCode.UNKNOWN, null, String.valueOf(inner.getMessage()), Map.of(), inner);
  }
}
