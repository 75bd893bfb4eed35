package io.agentbus;

import io.agentbus.internal.wire.JsonStruct;
import io.agentbus.internal.wire.Times;
import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.CreateSessionRequest;
import io.agentbus.v1.NewParticipant;
import java.time.Duration;
import java.util.Map;

/** A session to be opened. Every method changes the object and returns it. Not thread-safe. */
public final class NewSession {
  private final CreateSessionRequest.Builder request = CreateSessionRequest.newBuilder();

  /** A session without participants, steps and shared context, which the bus names. */
  public NewSession() {}

  /**
   * Its name.
   *
   * @param sessionId at most 128 characters: letters, digits and {@code ._:/@-}
   * @return this
   */
  public NewSession sessionId(String sessionId) {
    request.setSessionId(sessionId);
    return this;
  }

  /**
   * An agent that works in it.
   *
   * @param agentId at most 256 of them, each once
   * @param role what it does, such as {@code implementer}
   * @return this
   */
  public NewSession participant(String agentId, String role) {
    request.addParticipants(NewParticipant.newBuilder().setAgentId(agentId).setRole(role));
    return this;
  }

  /**
   * The next step of its workflow.
   *
   * @param step at most 256 of them
   * @return this
   */
  public NewSession step(Step step) {
    request.getWorkflowBuilder().addSteps(step.toMessage());
    return this;
  }

  /**
   * Who moves its workflow on.
   *
   * @param mode default {@link WorkflowMode#AUTOMATIC}
   * @return this
   */
  public NewSession workflowMode(WorkflowMode mode) {
    request.getWorkflowBuilder().setMode(Vocabulary.WORKFLOW_MODES.toProto(mode));
    return this;
  }

  /**
   * What the members share at the start.
   *
   * @param context a JSON object of at most 1 MiB; default: empty
   * @return this
   */
  public NewSession sharedContext(Map<String, ?> context) {
    request.setSharedContext(JsonStruct.toStruct(context));
    return this;
  }

  /**
   * A word to find it by.
   *
   * @param key 1 to 64 bytes; at most 32 of them
   * @param value at most 256 bytes
   * @return this
   */
  public NewSession label(String key, String value) {
    request.putLabels(key, value);
    return this;
  }

  /**
   * Time without an event after which the bus terminates it.
   *
   * @param timeout 1 s to 365 days; default: forever
   * @return this
   */
  public NewSession idleTimeout(Duration timeout) {
    request.setIdleTimeout(Times.toProto(timeout));
    return this;
  }

  /**
   * The contract's form of what was said so far, without an orchestrator.
   *
   * @return a copy
   */
  public CreateSessionRequest toRequest() {
    return request.build();
  }
}
