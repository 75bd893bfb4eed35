package io.agentbus;

/** Who moves a workflow on. */
public enum WorkflowMode {
  /** Steps that wait for none start with the session, and tasks that end move the workflow on. */
  AUTOMATIC,
  /** Only the orchestrator moves it on. */
  MANUAL;
}
