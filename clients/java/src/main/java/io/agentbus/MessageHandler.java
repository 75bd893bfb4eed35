package io.agentbus;

/** Takes messages that are not tasks, each on a thread of its own, which may block. */
@FunctionalInterface
public interface MessageHandler {
  /**
   * Takes a message, which is acknowledged when this returns.
   *
   * @param message what came
   * @throws Exception to have it delivered again after 1 s, doubled with each delivery up to 60 s,
   *     or after the delay of a {@link RetryLaterException}; {@link RejectException} to give it up
   */
  void handle(Message message) throws Exception;
}
