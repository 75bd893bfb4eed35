package io.agentbus;

import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.ListTasksRequest;

/** Which tasks to list. Every method changes the object and returns it. Not thread-safe. */
public final class TaskQuery {
  private final ListTasksRequest.Builder request = ListTasksRequest.newBuilder();

  /** All tasks of the session. */
  public TaskQuery() {}

  /**
   * Only tasks with this status.
   *
   * @param status default: any
   * @return this
   */
  public TaskQuery status(TaskStatus status) {
    request.setStatus(Vocabulary.TASK_STATUSES.toProto(status));
    return this;
  }

  /**
   * Only tasks that this agent is to do.
   *
   * @param agentId default: any
   * @return this
   */
  public TaskQuery assignee(String agentId) {
    request.setAssignee(agentId);
    return this;
  }

  /**
   * The contract's form of what was said so far, without a session.
   *
   * @return a copy
   */
  public ListTasksRequest toRequest() {
    return request.build();
  }
}
