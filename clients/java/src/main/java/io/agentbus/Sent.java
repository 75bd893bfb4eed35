package io.agentbus;

import java.time.Instant;
import java.util.List;

/**
 * A message that is on disk.
 *
 * @param messageId its name
 * @param duplicate whether it was on disk already, under the same id and with the same content
 * @param acceptedAt since when, by the clock of the bus
 * @param recipients the agents whose mailboxes it went to, in the order of the roster
 */
public record Sent(
    String messageId, boolean duplicate, Instant acceptedAt, List<String> recipients) {}
