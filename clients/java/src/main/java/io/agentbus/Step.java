package io.agentbus;

import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.NewWorkflowStep;
import java.util.List;

/** A step of a new session's workflow. Every method changes the object and returns it. */
public final class Step {
  private final NewWorkflowStep.Builder step;

  private Step(String name) {
    step = NewWorkflowStep.newBuilder().setName(name);
  }

  /**
   * A step that requires nobody and waits for the one before it.
   *
   * @param name unique in the workflow; 1 to 128 bytes
   * @return the step
   */
  public static Step named(String name) {
    return new Step(name);
  }

  /**
   * Agents that must each complete a task in it.
   *
   * @param agentIds at most 64, each once; default: none
   * @return this
   */
  public Step requires(String... agentIds) {
    step.clearRequiredAgents().addAllRequiredAgents(List.of(agentIds));
    return this;
  }

  /**
   * Steps that must be over before it starts.
   *
   * @param names at most 64, none to start at once; default: the step before it
   * @return this
   */
  public Step dependsOn(String... names) {
    step.getDependsOnBuilder().clearSteps().addAllSteps(List.of(names));
    return this;
  }

  /**
   * What follows when it fails.
   *
   * @param policy default {@link StepFailurePolicy#HOLD}
   * @return this
   */
  public Step onFailure(StepFailurePolicy policy) {
    step.setOnFailure(Vocabulary.FAILURE_POLICIES.toProto(policy));
    return this;
  }

  /**
   * The contract's form of the step.
   *
   * @return a copy
   */
  public NewWorkflowStep toMessage() {
    return step.build();
  }
}
