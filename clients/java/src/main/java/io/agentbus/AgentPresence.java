package io.agentbus;

/** Whether an agent is there. True within two heartbeat intervals. */
public enum AgentPresence {
  /** A word that this client does not know. */
  UNKNOWN,
  /** At least one of its processes was heard of in time. */
  ONLINE,
  /** Its processes are connected, and each of them is slow. */
  SLOW,
  /** None of its processes is known. Its mailbox goes on filling. */
  OFFLINE;
}
