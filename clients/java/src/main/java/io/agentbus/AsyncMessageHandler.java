package io.agentbus;

import java.util.concurrent.CompletionStage;

/** Takes messages that are not tasks without blocking a thread for each. */
@FunctionalInterface
public interface AsyncMessageHandler {
  /**
   * Begins with a message, which is acknowledged when the stage completes.
   *
   * @param message what came
   * @return fails as {@link MessageHandler#handle} throws
   * @throws Exception as a stage that fails with it
   */
  CompletionStage<?> handle(Message message) throws Exception;
}
