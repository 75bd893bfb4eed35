package io.agentbus.internal.agent;

import io.agentbus.internal.Limits;
import io.agentbus.internal.ProgramExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Tells a listener of the program one thing after the other, off the loop. What comes while too
 * much is untold is left out: only receipts are that many, and the bus itself may drop those.
 */
final class Notifier<T> {
  private final Consumer<T> listener;
  private final ConcurrentLinkedQueue<Runnable> news = new ConcurrentLinkedQueue<>();
  private final AtomicInteger untold = new AtomicInteger();

  Notifier(Consumer<T> listener) {
    this.listener = listener;
  }

  void tell(T item) {
    if (untold.get() < Limits.MAX_UNTOLD_NEWS) {
      add(() -> listener.accept(item));
    }
  }

  /** Completes when the listener has heard everything so far. */
  CompletableFuture<Void> told() {
    CompletableFuture<Void> told = new CompletableFuture<>();
    add(() -> told.complete(null));
    return told;
  }

  private void add(Runnable item) {
    news.add(item);
    if (untold.getAndIncrement() == 0) {
      ProgramExecutor.shared().execute(this::tellAll);
    }
  }

  private void tellAll() {
    do {
      try {
        news.poll().run();
      } catch (Throwable thrown) {
        // The listener's fault is the program's to hear of, and not the end of the agent.
        Thread current = Thread.currentThread();
        current.getUncaughtExceptionHandler().uncaughtException(current, thrown);
      }
    } while (untold.decrementAndGet() > 0);
  }
}
