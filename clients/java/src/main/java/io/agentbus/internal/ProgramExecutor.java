package io.agentbus.internal;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What the program's own code runs on: handlers, listeners, and what hangs on futures. It may block
 * there, as there is always another thread: neither the loop nor the rest of the program waits.
 */
public final class ProgramExecutor {
  private static final Executor SHARED = virtualOrPooled();

  private ProgramExecutor() {}

  /** Virtual threads where the Java runtime has them, otherwise an elastic pool. */
  public static Executor shared() {
    return SHARED;
  }

  private static Executor virtualOrPooled() {
    try {
      // Looked up, as the client runs on Java 17, which does not have it.
      MethodHandle factory =
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class));
      return (ExecutorService) factory.invokeExact();
    } catch (Throwable unavailable) {
      return pooled();
    }
  }

  /** Credit and the bounds of what is unanswered bound what runs, and thereby the threads. */
  private static Executor pooled() {
    AtomicInteger count = new AtomicInteger();
    return new ElasticExecutor(
        task -> {
          Thread thread = new Thread(task, "agentbus-program-" + count.incrementAndGet());
          // An agent keeps the program alive for as long as it waits for its handlers.
          thread.setDaemon(true);
          return thread;
        });
  }
}
