package io.agentbus;

import java.util.List;

/**
 * A registered agent.
 *
 * @param agentId {@code framework://name}
 * @param capabilities what it says it can do
 * @param displayName its name for people; empty for none
 * @param presence whether it is there
 * @param queuedMessages messages in its mailbox that are not settled yet
 * @param message the contract's form of it, with everything else that the bus knows
 */
public record AgentInfo(
    String agentId,
    List<String> capabilities,
    String displayName,
    AgentPresence presence,
    long queuedMessages,
    io.agentbus.v1.Agent message) {}
