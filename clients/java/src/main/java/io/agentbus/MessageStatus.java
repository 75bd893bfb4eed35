package io.agentbus;

/**
 * Where one recipient's copy of a message is.
 *
 * @param recipient the agent whose mailbox it went to
 * @param state what has become of it
 * @param attempt deliveries so far, as far as they are known
 * @param reason why, for {@code DEAD_LETTERED} and {@code WITHDRAWN}
 * @param message the contract's form of it
 */
public record MessageStatus(
    String recipient,
    MessageState state,
    int attempt,
    String reason,
    io.agentbus.v1.MessageStatus message) {}
