package io.agentbus;

import java.time.Instant;

/**
 * One change of a session.
 *
 * @param sessionId the session that changed
 * @param sequence number of the event in its session: 1, 2, 3 and so on, without gaps
 * @param time when it happened, by the clock of the bus
 * @param actor who did it: an agent id, {@code principal:name}, or {@code bus}
 * @param cause the id of the message that brought it about; empty if none did
 * @param type what happened
 * @param message the contract's form of it, with all that there is to know about it
 */
public record SessionEvent(
    String sessionId,
    long sequence,
    Instant time,
    String actor,
    String cause,
    SessionEventType type,
    io.agentbus.v1.SessionEvent message) {
  /**
   * Whether it is the last one of its session.
   *
   * @return true if the session ended with it
   */
  public boolean endsSession() {
    return type == SessionEventType.SESSION_COMPLETED
        || type == SessionEventType.SESSION_TERMINATED;
  }
}
