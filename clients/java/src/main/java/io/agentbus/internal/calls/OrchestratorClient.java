package io.agentbus.internal.calls;

import io.agentbus.AgentInfo;
import io.agentbus.AgentQuery;
import io.agentbus.MessageStatus;
import io.agentbus.NewSession;
import io.agentbus.Orchestrator;
import io.agentbus.Page;
import io.agentbus.Session;
import io.agentbus.SessionInfo;
import io.agentbus.SessionQuery;
import io.agentbus.v1.AgentServiceGrpc;
import io.agentbus.v1.CreateSessionRequest;
import io.agentbus.v1.GetAgentRequest;
import io.agentbus.v1.GetMessageStatusRequest;
import io.agentbus.v1.ListAgentsRequest;
import io.agentbus.v1.ListSessionsRequest;
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
  public CompletableFuture<Page<SessionInfo>> sessions(SessionQuery query) {
    ListSessionsRequest request = query.toRequest();
    return Paging.first(
        token ->
            calls
                .call(
                    SessionServiceGrpc.getListSessionsMethod(),
                    request.toBuilder().setPageToken(token).build())
                .thenApply(
                    page ->
                        new Paging.Answer<>(
                            page.getSessionsList().stream().map(Records::toSession).toList(),
                            page.getNextPageToken())));
  }

  @Override
  public CompletableFuture<Page<AgentInfo>> agents(AgentQuery query) {
    ListAgentsRequest request = query.toRequest();
    return Paging.first(
        token ->
            calls
                .call(
                    AgentServiceGrpc.getListAgentsMethod(),
                    request.toBuilder().setPageToken(token).build())
                .thenApply(
                    page ->
                        new Paging.Answer<>(
                            page.getAgentsList().stream().map(Records::toAgent).toList(),
                            page.getNextPageToken())));
  }

  @Override
  public CompletableFuture<AgentInfo> agent(String agentId) {
    GetAgentRequest request = GetAgentRequest.newBuilder().setAgentId(agentId).build();
    return calls
        .call(AgentServiceGrpc.getGetAgentMethod(), request)
        .thenApply(response -> Records.toAgent(response.getAgent()));
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
