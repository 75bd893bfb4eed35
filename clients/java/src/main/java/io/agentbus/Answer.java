package io.agentbus;

import java.util.Map;

/**
 * What an agent answered to a task.
 *
 * @param taskId the task
 * @param agentId who answered: the agent that was asked, or one of the fallback agents
 * @param failed whether the answer says that the task failed; its payload says why then
 * @param content the answer
 */
public record Answer(String taskId, String agentId, boolean failed, Content content) {
  /**
   * The JSON content.
   *
   * @return unmodifiable; empty if there is none
   */
  public Map<String, Object> payload() {
    return content.payload();
  }
}
