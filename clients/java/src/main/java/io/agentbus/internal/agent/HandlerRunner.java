package io.agentbus.internal.agent;

import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.Task;
import io.agentbus.internal.Limits;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
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
    } catch (RuntimeException | Error full) {
      // Mostly a rejection, or that the system has no more threads.
      giveBack(run, ended);
    }
  }

  private static void giveBack(Run run, BiConsumer<Run, Outcome> ended) {
    String reason = "the agent's executor takes no more work";
    // Should it run the handler all the same, it does nothing.
    run.message.cancellation.cancel(new AgentbusException(StatusCode.RESOURCE_EXHAUSTED, reason));
    ended.accept(
        run, new Outcome.Settle(new Disposition.Requeue(Limits.FIRST_REQUEUE_DELAY, reason)));
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
    try {
      stage.whenComplete((value, thrown) -> ended.accept(run, outcomeOf(run, value, thrown)));
    } catch (RuntimeException unfit) {
      ended.accept(run, outcomeOf(run, null, unfit));
    }
  }

  private static Outcome outcomeOf(Run run, Object value, Throwable thrown) {
    if (!run.isTask()) {
      return Outcome.ofMessage(run.message, thrown);
    }
    try {
      return Outcome.ofTask(run.message, value, thrown);
    } catch (RuntimeException unfit) {
      // A collection of the program does not let itself be read, such as one that changes
      // meanwhile.
      return Outcome.ofTask(run.message, null, unfit);
    }
  }
}
