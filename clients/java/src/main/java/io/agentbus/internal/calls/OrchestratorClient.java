package io.agentbus.internal.calls;

import io.agentbus.MessageStatus;
import io.agentbus.NewSession;
import io.agentbus.Orchestrator;
import io.agentbus.Session;
import io.agentbus.v1.CreateSessionRequest;
import io.agentbus.v1.GetMessageStatusRequest;
import io.agentbus.v1.MessageServiceGrpc;
import io.agentbus.v1.SessionServiceGrpc;
import io.grpc.Channel;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** An orchestrator by single calls. */
public final class OrchestratorClient extends TaskDelegator implements Orchestrator {
  /**
   * Makes the client.
   *
   * @param calls the client's, which it closes
   */
  public OrchestratorClient(String agentId, Calls calls) {
    super(calls, agentId, "");
  }

  @Override
  public String agentId() {
    return agentId;
  }

  @Override
  public CompletableFuture<Session> createSession(NewSession session) {
    CreateSessionRequest request = session.toRequest().toBuilder().setOrchestrator(agentId).build();
    return calls
        .call(SessionServiceGrpc.getCreateSessionMethod(), request)
        .thenApply(response -> openSession(response.getSession().getSessionId()));
  }

  @Override
  public Session openSession(String sessionId) {
    return new SessionClient(calls, agentId, sessionId);
  }

  @Override
  public CompletableFuture<List<MessageStatus>> messageStatus(String messageId) {
    GetMessageStatusRequest request =
        GetMessageStatusRequest.newBuilder().setSender(agentId).setMessageId(messageId).build();
    return calls
        .call(MessageServiceGrpc.getGetMessageStatusMethod(), request)
        .thenApply(response -> response.getStatusesList().stream().map(Records::toStatus).toList());
  }

  @Override
  public Channel channel() {
    return calls.connection();
  }

  @Override
  public void close() {
    calls.close();
  }
}
