package io.agentbus;

import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.ListAgentsRequest;

/** Which agents to list. Every method changes the object and returns it. Not thread-safe. */
public final class AgentQuery {
  private final ListAgentsRequest.Builder request = ListAgentsRequest.newBuilder();

  /** All registered agents. */
  public AgentQuery() {}

  /**
   * Only agents of which this is true.
   *
   * @param presence default: any
   * @return this
   */
  public AgentQuery presence(AgentPresence presence) {
    request.setStatus(Vocabulary.PRESENCES.toProto(presence));
    return this;
  }

  /**
   * Only agents that say they can do this.
   *
   * @param capability default: any
   * @return this
   */
  public AgentQuery capability(String capability) {
    request.setCapability(capability);
    return this;
  }

  /**
   * The contract's form of what was said so far.
   *
   * @return a copy
   */
  public ListAgentsRequest toRequest() {
    return request.build();
  }
}
