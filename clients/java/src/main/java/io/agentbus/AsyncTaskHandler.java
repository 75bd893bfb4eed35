package io.agentbus;

import java.util.concurrent.CompletionStage;

/**
 * Does tasks without blocking a thread for each. When the task is taken away, {@link
 * Task#cancelled} completes, and the stage is cancelled if it is a {@code CompletableFuture}.
 */
@FunctionalInterface
public interface AsyncTaskHandler {
  /**
   * Begins a task.
   *
   * @param task what to do
   * @return completes with the response or fails, as {@link TaskHandler#handle} returns or throws
   * @throws Exception as a stage that fails with it
   */
  CompletionStage<?> handle(Task task) throws Exception;
}
