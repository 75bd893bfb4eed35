package io.agentbus.internal.agent;

import io.agentbus.AgentbusException;
import io.agentbus.Content;
import io.agentbus.RejectException;
import io.agentbus.RetryLaterException;
import io.agentbus.internal.Limits;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;

/** What a handler came to. */
sealed interface Outcome {
  /** The delivery is settled. */
  record Settle(Disposition disposition) implements Outcome {}

  /** The task is answered. */
  record Respond(Content content) implements Outcome {}

  /** What becomes of a message that is not a task. */
  static Outcome ofMessage(IncomingMessage message, Throwable thrown) {
    if (thrown == null) {
      return new Settle(Disposition.ACKNOWLEDGE);
    }
    Throwable error = innermost(thrown);
    Outcome asked = asked(message, error);
    return asked != null
        ? asked
        : new Settle(new Disposition.Requeue(delayAfter(message.attempt()), textOf(error)));
  }

  /** What becomes of a task. */
  static Outcome ofTask(IncomingMessage task, Object returned, Throwable thrown) {
    if (thrown != null) {
      Throwable error = innermost(thrown);
      Outcome asked = asked(task, error);
      return asked != null ? asked : new Respond(failure(error));
    }
    if (returned == null) {
      return new Respond(Content.none());
    }
    if (returned instanceof Content content) {
      return new Respond(content);
    }
    if (returned instanceof Map<?, ?> map) {
      @SuppressWarnings("unchecked") // What is no text is found out when it is encoded.
      Map<String, ?> payload = (Map<String, ?>) map;
      return new Respond(Content.json(payload));
    }
    String hint = returned instanceof CompletionStage ? "; see onTaskAsync for stages" : "";
    return new Respond(
        failure(
            new IllegalArgumentException(
                "a handler returns a Map, a Content or null, and this one returned "
                    + returned.getClass().getName()
                    + hint)));
  }

  /** What the bus reads as the end of a task without success. */
  static Content failure(Throwable error) {
    return Content.json(
        Map.of(
            "status",
            "failed",
            "error",
            Map.of("reason", reasonOf(error), "message", textOf(error))));
  }

  /** What the error says, for people. */
  static String textOf(Throwable error) {
    if (error instanceof AgentbusException refusal) {
      return refusal.text();
    }
    try {
      String message = error.getMessage();
      return message == null ? error.getClass().getName() : message;
    } catch (RuntimeException unreadable) {
      // A message may be computed, and is not worth losing a task for.
      return error.getClass().getName();
    }
  }

  /** What was asked for by name, or was not refused but could not be done; null for a failure. */
  private static Outcome asked(IncomingMessage message, Throwable error) {
    if (error instanceof RetryLaterException later) {
      return new Settle(new Disposition.Requeue(later.delay(), later.getMessage()));
    }
    if (error instanceof RejectException) {
      return new Settle(new Disposition.Drop(error.getMessage()));
    }
    return message.isCancelled()
        ? new Settle(new Disposition.Requeue(Duration.ZERO, "the agent left"))
        : null;
  }

  private static String reasonOf(Throwable error) {
    if (error instanceof AgentbusException refusal) {
      return refusal.reason().orElse(refusal.code().name());
    }
    String name = error.getClass().getSimpleName();
    return name.isEmpty() ? error.getClass().getName() : name;
  }

  private static Duration delayAfter(int attempt) {
    // Six doublings are past the longest wait.
    int doublings = Math.min(Math.max(attempt - 1, 0), 6);
    Duration delay = Limits.FIRST_REQUEUE_DELAY.multipliedBy(1L << doublings);
    return delay.compareTo(Limits.LAST_REQUEUE_DELAY) > 0 ? Limits.LAST_REQUEUE_DELAY : delay;
  }

  /** The error that a future wrapped. */
  private static Throwable innermost(Throwable thrown) {
    Throwable error = thrown;
    while ((error instanceof CompletionException || error instanceof ExecutionException)
        && error.getCause() != null) {
      error = error.getCause();
    }
    return error;
  }
}
