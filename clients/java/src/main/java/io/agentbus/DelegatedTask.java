package io.agentbus;

/**
 * One of the tasks that a request to several agents made.
 *
 * @param taskId its id
 * @param assignee the agent that is to do it
 */
public record DelegatedTask(String taskId, String assignee) {}
