package io.agentbus.internal.agent;

import io.agentbus.NewTask;
import io.agentbus.OutgoingMessage;
import io.agentbus.Sent;
import io.agentbus.Task;
import io.agentbus.internal.wire.JsonStruct;
import io.agentbus.v1.Delivery;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.MessageType;
import io.agentbus.v1.Recipient;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A task as its handler sees it. */
final class IncomingTask extends IncomingMessage implements Task {
  IncomingTask(Delivery delivery, Cancellation cancellation, Sender sender) {
    super(delivery, cancellation, sender);
  }

  @Override
  public CompletableFuture<Sent> progress(int percent) {
    return progress(percent, null);
  }

  @Override
  public CompletableFuture<Sent> progress(int percent, String note) {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("progress", percent);
    if (note != null) {
      report.put("note", note);
    }
    return sendWithin(
        answer(MessageType.MESSAGE_TYPE_STATUS_UPDATE).setPayload(JsonStruct.toStruct(report)));
  }

  @Override
  public CompletableFuture<Sent> send(OutgoingMessage message) {
    return sendWithin(parented(message.toEnvelope()));
  }

  @Override
  public CompletableFuture<String> delegate(NewTask task) {
    return sendWithin(parented(task.toEnvelope())).thenApply(Sent::messageId);
  }

  /** A message to the delegator about this task. */
  Envelope.Builder answer(MessageType type) {
    return Envelope.newBuilder()
        .setRecipient(Recipient.newBuilder().setAgentId(sender()))
        .setMessageType(type)
        .setCorrelationId(messageId());
  }

  /** Only tasks have a parent; whatever else is sent belongs to the task by its trace. */
  private Envelope.Builder parented(Envelope outgoing) {
    Envelope.Builder child = outgoing.toBuilder();
    if (child.getMessageType() == MessageType.MESSAGE_TYPE_TASK_REQUEST
        && child.getParentTaskId().isEmpty()) {
      child.setParentTaskId(messageId());
    }
    return child;
  }
}
