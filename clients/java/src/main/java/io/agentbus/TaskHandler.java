package io.agentbus;

/**
 * Does tasks, each on a thread of its own, which may block. When the task is taken away, the thread
 * is interrupted.
 */
@FunctionalInterface
public interface TaskHandler {
  /**
   * Does a task.
   *
   * <p>The task is acknowledged once its response is on disk. A crash in between delivers it again.
   *
   * @param task what to do
   * @return the response: a {@code Map<String, ?>} is a JSON object, a {@link Content} is a JSON
   *     object or bytes, null is nothing; anything else fails the task
   * @throws Exception to fail the task with its message; {@link RetryLaterException} to put it
   *     back, {@link RejectException} to give it up
   */
  Object handle(Task task) throws Exception;
}
