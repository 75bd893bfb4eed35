package io.agentbus;

/**
 * An agent and what it does in a session.
 *
 * @param agentId {@code framework://name}; it need not be there yet, its mail waits for it
 * @param role such as {@code implementer}; 1 to 64 bytes
 */
public record Participant(String agentId, String role) {}
