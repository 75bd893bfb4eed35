package io.agentbus;

import java.util.Map;

/**
 * One result of the answers in a session.
 *
 * @param unifiedResult empty if no answer takes part, and without judgement
 * @param confidence how sure it is, 0 to 1
 * @param summaryMarkdown a summary of the session
 * @param message the contract's form of it, with conflicts and single answers
 */
public record Aggregation(
    Map<String, Object> unifiedResult,
    double confidence,
    String summaryMarkdown,
    io.agentbus.v1.AggregateResultsResponse message) {}
