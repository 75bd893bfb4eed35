package io.agentbus;

import java.util.concurrent.CompletableFuture;

/** A task in the hands of its handler. */
public interface Task extends Message {
  /**
   * Name of the task for this agent: the id of the message that asked for it. Work that must not
   * happen twice keeps a record under it.
   *
   * @return the task's id
   */
  default String taskId() {
    return messageId();
  }

  /**
   * Tells the delegator how far the task is. Need not be waited for: a report that is refused does
   * not disturb the work.
   *
   * @param percent 0 to 100
   * @return completes when the report is on disk
   */
  CompletableFuture<Sent> progress(int percent);

  /**
   * Tells the delegator how far the task is, and what it is about.
   *
   * @param percent 0 to 100
   * @param note for people
   * @return completes when the report is on disk
   */
  CompletableFuture<Sent> progress(int percent, String note);

  /**
   * Passes a part of the task on to another agent, as a child of this task.
   *
   * @param task what to do
   * @return the child's id, when it is on disk
   */
  CompletableFuture<String> delegate(NewTask task);
}
