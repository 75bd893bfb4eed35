package io.agentbus.internal.agent;

import com.google.protobuf.Struct;
import io.agentbus.AgentbusException;
import io.agentbus.StatusCode;
import io.agentbus.internal.wire.Times;
import io.agentbus.v1.Delivery;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.MessageType;
import java.time.Instant;
import java.util.Map;

/**
 * News of the bus that an attempt of a task is the agent's no more: the bus has settled its
 * delivery, and wants no outcome.
 *
 * @param messageId the message that asked for the task
 * @param sessionId empty outside of sessions
 * @param delegator who sent that message: outside of sessions others may have used the same id
 * @param isFinal whether the task has ended; otherwise the same agent may be asked again
 * @param at when the bus had the news on disk
 * @param error what the handler is told
 */
record Withdrawal(
    String messageId,
    String sessionId,
    String delegator,
    boolean isFinal,
    Instant at,
    AgentbusException error) {
  private static final String BUS = "agentbus://bus";

  /** Reads a withdrawal; null for any other message. */
  static Withdrawal read(Delivery delivery) {
    Envelope message = delivery.getMessage();
    if (message.getMessageType() != MessageType.MESSAGE_TYPE_NOTIFICATION
        || !message.getSender().getAgentId().equals(BUS)) {
      return null;
    }
    Struct payload = message.getPayload();
    String event = text(payload, "event");
    if (!event.equals("task_cancelled") && !event.equals("task_withdrawn")) {
      return null;
    }
    boolean isFinal = event.equals("task_cancelled");
    return new Withdrawal(
        message.getCorrelationId(),
        message.getSender().getSessionId(),
        text(payload, "delegator"),
        isFinal,
        Times.toInstant(delivery.getAcceptedTime()),
        errorOf(payload, message.getCorrelationId(), isFinal));
  }

  /**
   * What a handler is told when its task was taken away and the bus did not say why, or not yet.
   */
  static AgentbusException takenAway(String taskId) {
    return aborted(null, "task " + taskId + " was taken away", Map.of("task_id", taskId));
  }

  private static AgentbusException errorOf(Struct payload, String messageId, boolean isFinal) {
    String named = text(payload, "task_id");
    String taskId = named.isEmpty() ? messageId : named;
    String cause = text(payload, "code");
    String reason = text(payload, "reason");
    String why = reason.isEmpty() ? cause : reason;
    String what = "task " + taskId + " was " + (isFinal ? "called off" : "taken away");
    return aborted(
        isFinal ? "TASK_CANCELLED" : null,
        why.isEmpty() ? what : what + ": " + why,
        Map.of("task_id", taskId, "cause", cause));
  }

  private static AgentbusException aborted(String reason, String text, Map<String, String> facts) {
    return new AgentbusException(StatusCode.ABORTED, reason, text, facts, null);
  }

  private static String text(Struct payload, String key) {
    return payload.containsFields(key) ? payload.getFieldsOrThrow(key).getStringValue() : "";
  }
}
