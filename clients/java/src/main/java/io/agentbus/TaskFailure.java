package io.agentbus;

/**
 * Why a task did not succeed.
 *
 * @param reason a word that programs can compare: the bus's own, or one of the agent's
 * @param message the same for people
 */
public record TaskFailure(String reason, String message) {}
