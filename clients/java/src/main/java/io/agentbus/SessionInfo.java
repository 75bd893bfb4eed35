package io.agentbus;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A session as it is on disk.
 *
 * @param sessionId its name
 * @param orchestrator the agent that leads it
 * @param participants its roster, in order of joining; those that were removed are left out
 * @param state whether it is under way
 * @param sharedContext what the members share
 * @param contextRevision counts the changes of the shared context, from 1
 * @param labels words to find it by
 * @param lastSequence sequence of its newest event
 * @param createdAt when it was created
 * @param updatedAt when its newest event happened
 * @param message the contract's form of it, with everything else that the bus knows
 */
public record SessionInfo(
    String sessionId,
    String orchestrator,
    List<Participant> participants,
    SessionState state,
    Map<String, Object> sharedContext,
    long contextRevision,
    Map<String, String> labels,
    long lastSequence,
    Instant createdAt,
    Instant updatedAt,
    io.agentbus.v1.Session message) {}
