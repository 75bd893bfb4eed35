package io.agentbus.internal.agent;

import io.agentbus.AgentStatus;
import io.agentbus.AgentbusException;
import io.agentbus.internal.Completions;
import io.agentbus.internal.ProgramExecutor;
import io.agentbus.internal.wire.Errors;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** What the program is told of the life of its agent. */
final class Lifecycle {
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();
  private final Notifier<AgentStatus> listener;
  private volatile AgentStatus status = AgentStatus.of(AgentStatus.State.CONNECTING);
  private volatile AgentbusException over;
  private volatile boolean isObserved;

  /** Completes when the program has been told of the end. */
  private CompletableFuture<Void> toldOfEnd = CompletableFuture.completedFuture(null);

  /**
   * Makes the lifecycle of an agent that is about to connect.
   *
   * @param onStatus hears of each change; null for nobody
   */
  Lifecycle(Consumer<AgentStatus> onStatus) {
    listener = onStatus == null ? null : new Notifier<>(onStatus);
    isObserved = onStatus != null;
  }

  AgentStatus status() {
    return status;
  }

  /** Why nothing can be sent any more; null while the agent is on the bus or on its way. */
  AgentbusException over() {
    return over;
  }

  void set(AgentStatus.State state) {
    set(AgentStatus.of(state));
  }

  void set(AgentStatus.State state, AgentbusException error, Duration retryIn) {
    set(new AgentStatus(state, Optional.ofNullable(error), retryIn));
  }

  private void set(AgentStatus next) {
    status = next;
    if (listener != null) {
      listener.tell(next);
    }
  }

  /** The bus has welcomed the agent. */
  void welcomed() {
    if (!ready.isDone()) {
      Completions.complete(ready, null);
    }
  }

  /**
   * The agent is off the bus for good: as it was told to, or with an error.
   *
   * @param error null for the former
   * @return what unfinished business fails with
   */
  AgentbusException finish(AgentbusException error) {
    over = error != null ? error : Errors.hasLeft("the agent");
    if (error == null) {
      set(AgentStatus.State.CLOSED);
    } else {
      boolean isFenced = error.hasReason("STREAM_FENCED");
      set(isFenced ? AgentStatus.State.FENCED : AgentStatus.State.FAILED, error, Duration.ZERO);
    }
    // Each on its own: what hangs on one of them may wait for the other.
    CompletableFuture<Void> told =
        CompletableFuture.allOf(
            runAsync(() -> ready.completeExceptionally(over)), runAsync(() -> end(error)));
    toldOfEnd = listener == null ? told : CompletableFuture.allOf(told, listener.told());
    return over;
  }

  private void end(AgentbusException error) {
    if (error == null) {
      closed.complete(null);
    } else {
      closed.completeExceptionally(error);
    }
  }

  private static CompletableFuture<Void> runAsync(Runnable task) {
    return CompletableFuture.runAsync(task, ProgramExecutor.shared());
  }

  /**
   * Waits until the program has been told of the end: it may end with the thread that calls this,
   * and what it does about the end is not to be lost.
   */
  void awaitToldOfEnd() {
    toldOfEnd.join();
  }

  /** The error that ended the agent, if nobody looks: it must not vanish without a word. */
  AgentbusException unobserved() {
    return isObserved || status.state() == AgentStatus.State.CLOSED ? null : over;
  }

  CompletableFuture<Void> ready() {
    return ready.copy();
  }

  CompletableFuture<Void> closed() {
    isObserved = true;
    return closed.copy();
  }
}
