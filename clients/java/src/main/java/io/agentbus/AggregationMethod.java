package io.agentbus;

/** How the answers of several agents become one. */
public enum AggregationMethod {
  /** For each key the value that most agents give. */
  CONSENSUS,
  /** For each key the value whose agents are the surest. */
  CONFIDENCE_WEIGHTED,
  /** For each key what the agent says whose role comes first. */
  SPECIALIST_PRIORITY,
  /** No judgement: the answers and their conflicts, for somebody else to judge. */
  MANUAL;
}
