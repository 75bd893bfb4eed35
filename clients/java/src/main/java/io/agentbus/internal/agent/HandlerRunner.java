package io.agentbus.internal.agent;

import io.agentbus.Task;
import io.agentbus.internal.Limits;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;

/** Runs handlers off the loop, one for each message, and says what they came to. */
final class HandlerRunner {
  private final Handlers handlers;
  private final Executor executor;

  HandlerRunner(Handlers handlers, Executor executor) {
    this.handlers = handlers;
    this.executor = executor;
  }

  /**
   * Starts a handler.
   *
   * @param ended called once with the outcome, from any thread
   */
  void start(Run run, BiConsumer<Run, Outcome> ended) {
    IncomingMessage message = run.message;
    if (run.isTask() ? handlers.onTask() == null : handlers.onMessage() == null) {
      String type = message.envelope.getMessageType().name().replaceFirst("^MESSAGE_TYPE_", "");
      String reason = "the agent has no handler for " + type;
      ended.accept(run, new Outcome.Settle(new Disposition.Drop(reason)));
      return;
    }
    try {
      executor.execute(() -> handle(run, ended));
    } catch (RejectedExecutionException full) {
      String reason = "the agent's executor takes no more work";
      ended.accept(
          run, new Outcome.Settle(new Disposition.Requeue(Limits.FIRST_REQUEUE_DELAY, reason)));
    }
  }

  private void handle(Run run, BiConsumer<Run, Outcome> ended) {
    IncomingMessage message = run.message;
    CompletionStage<?> stage;
    try {
      if (!message.cancellation.begin()) {
        throw message.cancellation.reason();
      }
      stage =
          run.isTask()
              ? handlers.onTask().handle((Task) message)
              : handlers.onMessage().handle(message);
    } catch (Throwable thrown) {
      message.cancellation.end();
      ended.accept(run, outcomeOf(run, null, thrown));
      return;
    }
    message.cancellation.end();
    if (stage == null) {
      ended.accept(run, outcomeOf(run, null, null));
      return;
    }
    message.cancellation.goOn(stage);
    stage.whenComplete((value, thrown) -> ended.accept(run, outcomeOf(run, value, thrown)));
  }

  private static Outcome outcomeOf(Run run, Object value, Throwable thrown) {
    return run.isTask()
        ? Outcome.ofTask(run.message, value, thrown)
        : Outcome.ofMessage(run.message, thrown);
  }
}
