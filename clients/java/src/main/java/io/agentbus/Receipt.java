package io.agentbus;

import java.time.Instant;

/**
 * What became of a message whose {@link OutgoingMessage#receipts} asked for it.
 *
 * @param messageId the message
 * @param recipient the agent whose mailbox it went to
 * @param state what has become of it
 * @param time when, by the clock of the bus
 * @param attempt deliveries so far
 * @param reason why, for {@code EXPIRED}, {@code DEAD_LETTERED} and {@code WITHDRAWN}
 */
public record Receipt(
    String messageId,
    String recipient,
    MessageState state,
    Instant time,
    int attempt,
    String reason) {}
