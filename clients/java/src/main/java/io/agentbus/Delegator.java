package io.agentbus;

import java.util.concurrent.CompletableFuture;

/**
 * Tasks as whoever delegates them works with them. Calls have a deadline of 30 s, and those that
 * may be repeated are, up to 8 times, while the bus is unavailable. Futures complete on threads of
 * the client that what hangs on them may block, and fail with an {@link AgentbusException}.
 */
public interface Delegator {
  /**
   * Asks an agent to do a task. While the bus is unavailable it tries again with the same id, so
   * that the task exists once whatever happens.
   *
   * @param task what to do
   * @return the task's id, when the bus has the task on disk
   */
  CompletableFuture<String> delegate(NewTask task);

  /**
   * Asks an agent to do a task and waits for the answer for up to an hour, see {@link #ask(NewTask,
   * AskOptions)}.
   *
   * @param task what to do
   * @return the answer, which may say that the task failed
   */
  default CompletableFuture<Answer> ask(NewTask task) {
    return ask(task, AskOptions.DEFAULT);
  }

  /**
   * Asks an agent to do a task and waits for the answer. The wait outlives restarts of the bus;
   * repeating it under the same task id and content waits for the same task again. Cancelling the
   * future ends the wait, and the task goes on.
   *
   * @param task what to do
   * @param options how to wait
   * @return the answer, which may say that the task failed; fails with TASK_TIMED_OUT if the task
   *     ran out of attempts or time, TASK_CANCELLED if it was called off, and DEADLINE_EXCEEDED if
   *     the wait was over before the task
   */
  CompletableFuture<Answer> ask(NewTask task, AskOptions options);

  /**
   * Reads a task.
   *
   * @param taskId its id
   * @return the task with its result; fails with TASK_NOT_FOUND
   */
  CompletableFuture<TaskInfo> task(String taskId);

  /**
   * Calls a task off, and the tasks that it caused; an agent that is at it is told to stop. For its
   * delegator and the session's orchestrator.
   *
   * @param taskId its id
   * @param reason why, for people; at most 1,024 bytes, may be empty
   * @return the task after the change; fails with TASK_ENDED if it ended in another way before
   */
  CompletableFuture<TaskInfo> cancelTask(String taskId, String reason);
}
