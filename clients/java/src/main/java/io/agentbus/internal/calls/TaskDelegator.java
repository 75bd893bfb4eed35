package io.agentbus.internal.calls;

import io.agentbus.AgentbusException;
import io.agentbus.Answer;
import io.agentbus.AskOptions;
import io.agentbus.Delegator;
import io.agentbus.MessageSpec;
import io.agentbus.NewTask;
import io.agentbus.TaskInfo;
import io.agentbus.internal.wire.Envelopes;
import io.agentbus.internal.wire.Ids;
import io.agentbus.v1.CancelTaskRequest;
import io.agentbus.v1.CancelTaskResponse;
import io.agentbus.v1.DeliveryMode;
import io.agentbus.v1.Envelope;
import io.agentbus.v1.GetTaskRequest;
import io.agentbus.v1.GetTaskResponse;
import io.agentbus.v1.MessageServiceGrpc;
import io.agentbus.v1.ReplyMode;
import io.agentbus.v1.SendMessageRequest;
import io.agentbus.v1.SendMessageResponse;
import io.agentbus.v1.SessionServiceGrpc;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * Delegates tasks in a session, or outside of any, in the name of an agent that reads no mailbox.
 */
class TaskDelegator implements Delegator {
  final Calls calls;
  final String agentId;
  final String sessionId;

  /**
   * Makes a delegator.
   *
   * @param sessionId empty for tasks outside of sessions
   */
  TaskDelegator(Calls calls, String agentId, String sessionId) {
    this.calls = calls;
    this.agentId = agentId;
    this.sessionId = sessionId;
  }

  @Override
  public CompletableFuture<String> delegate(NewTask task) {
    return sendTask(task).thenApply(SendMessageResponse::getMessageId);
  }

  @Override
  public CompletableFuture<Answer> ask(NewTask task, AskOptions options) {
    Envelope.Builder envelope = taskEnvelope(task);
    envelope.getRoutingBuilder().setDeliveryMode(DeliveryMode.DELIVERY_MODE_SYNC);
    try {
      return Asking.ask(calls, stamp(envelope), options);
    } catch (AgentbusException tooLarge) {
      return CompletableFuture.failedFuture(tooLarge);
    }
  }

  @Override
  public CompletableFuture<TaskInfo> task(String taskId) {
    GetTaskRequest request =
        GetTaskRequest.newBuilder().setSessionId(sessionId).setTaskId(taskId).build();
    return calls
        .call(SessionServiceGrpc.getGetTaskMethod(), request)
        .thenApply(GetTaskResponse::getTask)
        .thenApply(Records::toTask);
  }

  @Override
  public CompletableFuture<TaskInfo> cancelTask(String taskId, String reason) {
    CancelTaskRequest request =
        CancelTaskRequest.newBuilder()
            .setSessionId(sessionId)
            .setTaskId(taskId)
            .setReason(reason)
            .build();
    return calls
        .call(SessionServiceGrpc.getCancelTaskMethod(), request)
        .thenApply(CancelTaskResponse::getTask)
        .thenApply(Records::toTask);
  }

  CompletableFuture<SendMessageResponse> sendTask(NewTask task) {
    return send(taskEnvelope(task));
  }

  CompletableFuture<SendMessageResponse> send(Envelope.Builder envelope) {
    try {
      return calls.call(
          MessageServiceGrpc.getSendMessageMethod(),
          SendMessageRequest.newBuilder().setMessage(stamp(envelope)).build());
    } catch (AgentbusException tooLarge) {
      return CompletableFuture.failedFuture(tooLarge);
    }
  }

  /**
   * The answer stays in the session, as nobody reads the mailbox, unless the task says otherwise.
   */
  private Envelope.Builder taskEnvelope(NewTask task) {
    Envelope.Builder envelope = envelopeOf(task);
    if (envelope.getRouting().getReplyMode() == ReplyMode.REPLY_MODE_UNSPECIFIED) {
      envelope.getRoutingBuilder().setReplyMode(ReplyMode.REPLY_MODE_SESSION);
    }
    return envelope;
  }

  Envelope.Builder envelopeOf(MessageSpec<?> message) {
    Envelope.Builder envelope = message.toEnvelope().toBuilder();
    envelope.getSenderBuilder().setSessionId(sessionId);
    return envelope;
  }

  /** Named once, so that every try says the same. */
  private Envelope stamp(Envelope.Builder envelope) {
    Envelope stamped = Envelopes.stamp(envelope.build(), agentId, Ids.mint("msg"), Instant.now());
    Envelopes.checkSize(stamped);
    return stamped;
  }
}
