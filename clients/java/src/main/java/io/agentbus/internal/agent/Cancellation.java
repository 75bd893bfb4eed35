package io.agentbus.internal.agent;

import io.agentbus.AgentbusException;
import io.agentbus.internal.Completions;
import io.agentbus.internal.ProgramExecutor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells one handler to stop: by a future, by an interrupt while it blocks, and by cancelling the
 * stage that it returned. Thread-safe.
 */
final class Cancellation {
  private final ReentrantLock lock = new ReentrantLock();
  private final CompletableFuture<AgentbusException> told = new CompletableFuture<>();
  private volatile AgentbusException reason;
  private volatile boolean isWithdrawn;
  private Thread blocked;
  private CompletionStage<?> stage;

  /** The first call counts. */
  void cancel(AgentbusException why) {
    CompletionStage<?> started;
    lock.lock();
    try {
      if (reason != null) {
        return;
      }
      reason = why;
      started = stage;
      if (blocked != null) {
        blocked.interrupt();
      }
    } finally {
      lock.unlock();
    }
    Completions.complete(told, why);
    if (started instanceof CompletableFuture<?> future) {
      // What hangs on it is the program's, and may block.
      ProgramExecutor.shared().execute(() -> future.cancel(true));
    }
  }

  /** The bus took the message away: the handler is to stop, and nothing that it does is sent. */
  void withdraw(AgentbusException why) {
    isWithdrawn = true;
    cancel(why);
  }

  boolean isWithdrawn() {
    return isWithdrawn;
  }

  /** Why the handler is to stop; null if it is not. */
  AgentbusException reason() {
    return reason;
  }

  CompletableFuture<AgentbusException> told() {
    return told.copy();
  }

  /** This thread runs the handler from now on; false if it need not begin. */
  boolean begin() {
    lock.lock();
    try {
      blocked = Thread.currentThread();
      return reason == null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * The handler has returned. The thread is another's from now on, and no interrupt is left on it.
   */
  void end() {
    lock.lock();
    try {
      blocked = null;
      if (reason != null) {
        Thread.interrupted();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The handler goes on in this stage. */
  void goOn(CompletionStage<?> started) {
    lock.lock();
    try {
      stage = started;
    } finally {
      lock.unlock();
    }
    if (reason != null && started instanceof CompletableFuture<?> future) {
      future.cancel(true);
    }
  }
}
