package io.agentbus.internal;

import java.util.concurrent.CompletableFuture;

/**
 * Completes futures that the program holds. What the program hung on them may block, and must not
 * block the loop, nor a handler's executor that is full of handlers which wait for it: it runs
 * where asynchronous stages of {@code CompletableFuture} run by default.
 */
public final class Completions {
  private Completions() {}

  public static <T> void complete(CompletableFuture<T> future, T value) {
    future.defaultExecutor().execute(() -> future.complete(value));
  }

  public static void fail(CompletableFuture<?> future, Throwable error) {
    future.defaultExecutor().execute(() -> future.completeExceptionally(error));
  }
}
