package io.agentbus.internal;

import java.util.concurrent.CompletableFuture;

/**
 * Completes futures that the program holds, off the loop and off the threads of gRPC: what the
 * program hung on them may block.
 */
public final class Completions {
  private Completions() {}

  public static <T> void complete(CompletableFuture<T> future, T value) {
    ProgramExecutor.shared().execute(() -> future.complete(value));
  }

  public static void fail(CompletableFuture<?> future, Throwable error) {
    ProgramExecutor.shared().execute(() -> future.completeExceptionally(error));
  }
}
