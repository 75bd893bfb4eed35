package io.agentbus;

import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.ListSessionsRequest;

/** Which sessions to list. Every method changes the object and returns it. Not thread-safe. */
public final class SessionQuery {
  private final ListSessionsRequest.Builder request = ListSessionsRequest.newBuilder();

  /** All sessions that the agent is a member of. */
  public SessionQuery() {}

  /**
   * Only sessions in this state.
   *
   * @param state default: any
   * @return this
   */
  public SessionQuery state(SessionState state) {
    request.setState(Vocabulary.SESSION_STATES.toProto(state));
    return this;
  }

  /**
   * Only sessions that this agent leads or takes part in.
   *
   * @param agentId default: any
   * @return this
   */
  public SessionQuery participant(String agentId) {
    request.setParticipant(agentId);
    return this;
  }

  /**
   * Only sessions that carry this label, and all others that are asked for.
   *
   * @param key at most 32 of them
   * @param value what it says
   * @return this
   */
  public SessionQuery label(String key, String value) {
    request.putLabels(key, value);
    return this;
  }

  /**
   * The contract's form of what was said so far.
   *
   * @return a copy
   */
  public ListSessionsRequest toRequest() {
    return request.build();
  }
}
