package io.agentbus;

import java.util.Optional;

/**
 * A task and where it stands.
 *
 * @param taskId unique in its session
 * @param sessionId empty for none
 * @param delegator the agent that asked
 * @param assignee the agent that is to do it now
 * @param status where it stands
 * @param attempt counted from 1 for each assignee
 * @param progress 0 to 100 percent, as the assignee last said
 * @param note what the assignee last said about it
 * @param result what came out, if it was answered
 * @param error why it did not succeed, if it did not
 * @param message the contract's form of it, with everything else that the bus knows
 */
public record TaskInfo(
    String taskId,
    String sessionId,
    String delegator,
    String assignee,
    TaskStatus status,
    int attempt,
    int progress,
    String note,
    Content result,
    Optional<TaskFailure> error,
    io.agentbus.v1.Task message) {}
