package io.agentbus.internal.wire;

import io.agentbus.AgentPresence;
import io.agentbus.AggregationMethod;
import io.agentbus.BackoffPolicy;
import io.agentbus.MessageState;
import io.agentbus.MessageType;
import io.agentbus.Priority;
import io.agentbus.SessionState;
import io.agentbus.StepFailurePolicy;
import io.agentbus.TaskStatus;
import io.agentbus.WorkflowMode;

/** The enumerations that the contract and the program have in common. */
public final class Vocabulary {
  /** What messages mean. */
  public static final Enums<MessageType, io.agentbus.v1.MessageType> MESSAGE_TYPES =
      new Enums<>(
          MessageType.class,
          io.agentbus.v1.MessageType.class,
          "MESSAGE_TYPE_",
          MessageType.UNKNOWN);

  /** How urgent they are. */
  public static final Enums<Priority, io.agentbus.v1.Priority> PRIORITIES =
      new Enums<>(Priority.class, io.agentbus.v1.Priority.class, "PRIORITY_", Priority.UNKNOWN);

  /** Where they are. */
  public static final Enums<MessageState, io.agentbus.v1.MessageState> MESSAGE_STATES =
      new Enums<>(
          MessageState.class,
          io.agentbus.v1.MessageState.class,
          "MESSAGE_STATE_",
          MessageState.UNKNOWN);

  /** Where tasks stand. */
  public static final Enums<TaskStatus, io.agentbus.v1.TaskStatus> TASK_STATUSES =
      new Enums<>(
          TaskStatus.class, io.agentbus.v1.TaskStatus.class, "TASK_STATUS_", TaskStatus.UNKNOWN);

  /** Where sessions stand. */
  public static final Enums<SessionState, io.agentbus.v1.SessionState> SESSION_STATES =
      new Enums<>(
          SessionState.class,
          io.agentbus.v1.SessionState.class,
          "SESSION_STATE_",
          SessionState.UNKNOWN);

  /** How the waits of retries grow. */
  public static final Enums<BackoffPolicy, io.agentbus.v1.Backoff> BACKOFFS =
      new Enums<>(BackoffPolicy.class, io.agentbus.v1.Backoff.class, "BACKOFF_", null);

  /** How answers become one. */
  public static final Enums<AggregationMethod, io.agentbus.v1.AggregationMethod> AGGREGATIONS =
      new Enums<>(
          AggregationMethod.class,
          io.agentbus.v1.AggregationMethod.class,
          "AGGREGATION_METHOD_",
          null);

  /** Who moves workflows on. */
  public static final Enums<WorkflowMode, io.agentbus.v1.WorkflowMode> WORKFLOW_MODES =
      new Enums<>(WorkflowMode.class, io.agentbus.v1.WorkflowMode.class, "WORKFLOW_MODE_", null);

  /** What follows when a step fails. */
  public static final Enums<StepFailurePolicy, io.agentbus.v1.StepFailurePolicy> FAILURE_POLICIES =
      new Enums<>(
          StepFailurePolicy.class,
          io.agentbus.v1.StepFailurePolicy.class,
          "STEP_FAILURE_POLICY_",
          null);

  /** Whether agents are there. */
  public static final Enums<AgentPresence, io.agentbus.v1.AgentStatus> PRESENCES =
      new Enums<>(
          AgentPresence.class,
          io.agentbus.v1.AgentStatus.class,
          "AGENT_STATUS_",
          AgentPresence.UNKNOWN);

  private Vocabulary() {}
}
