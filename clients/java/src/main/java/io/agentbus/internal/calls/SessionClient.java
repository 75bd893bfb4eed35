package io.agentbus.internal.calls;

import io.agentbus.Aggregation;
import io.agentbus.AggregationMethod;
import io.agentbus.DelegatedTask;
import io.agentbus.NewTask;
import io.agentbus.OutgoingMessage;
import io.agentbus.Page;
import io.agentbus.Participant;
import io.agentbus.Sent;
import io.agentbus.Session;
import io.agentbus.SessionEvent;
import io.agentbus.SessionInfo;
import io.agentbus.TaskInfo;
import io.agentbus.TaskQuery;
import io.agentbus.Watch;
import io.agentbus.internal.wire.JsonStruct;
import io.agentbus.internal.wire.Times;
import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.AddParticipantRequest;
import io.agentbus.v1.AddParticipantResponse;
import io.agentbus.v1.AggregateResultsRequest;
import io.agentbus.v1.CompleteSessionRequest;
import io.agentbus.v1.CompleteSessionResponse;
import io.agentbus.v1.GetSessionRequest;
import io.agentbus.v1.GetSessionResponse;
import io.agentbus.v1.ListTasksRequest;
import io.agentbus.v1.NewParticipant;
import io.agentbus.v1.RemoveParticipantRequest;
import io.agentbus.v1.RemoveParticipantResponse;
import io.agentbus.v1.SendMessageResponse;
import io.agentbus.v1.SessionServiceGrpc;
import io.agentbus.v1.TerminateSessionRequest;
import io.agentbus.v1.TerminateSessionResponse;
import io.agentbus.v1.UpdateSharedContextRequest;
import io.agentbus.v1.UpdateSharedContextResponse;
import io.agentbus.v1.UpdateWorkflowRequest;
import io.agentbus.v1.UpdateWorkflowResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** A session by single calls. */
final class SessionClient extends TaskDelegator implements Session {
  SessionClient(Calls calls, String agentId, String sessionId) {
    super(calls, agentId, sessionId);
  }

  @Override
  public String id() {
    return sessionId;
  }

  @Override
  public CompletableFuture<SessionInfo> get() {
    return session(
        calls
            .call(
                SessionServiceGrpc.getGetSessionMethod(),
                GetSessionRequest.newBuilder().setSessionId(sessionId).build())
            .thenApply(GetSessionResponse::getSession));
  }

  @Override
  public CompletableFuture<SessionInfo> addParticipant(Participant participant) {
    AddParticipantRequest request =
        AddParticipantRequest.newBuilder()
            .setSessionId(sessionId)
            .setParticipant(
                NewParticipant.newBuilder()
                    .setAgentId(participant.agentId())
                    .setRole(participant.role()))
            .build();
    return session(
        calls
            .call(SessionServiceGrpc.getAddParticipantMethod(), request)
            .thenApply(AddParticipantResponse::getSession));
  }

  @Override
  public CompletableFuture<SessionInfo> removeParticipant(String agentId) {
    RemoveParticipantRequest request =
        RemoveParticipantRequest.newBuilder().setSessionId(sessionId).setAgentId(agentId).build();
    return session(
        calls
            .call(SessionServiceGrpc.getRemoveParticipantMethod(), request)
            .thenApply(RemoveParticipantResponse::getSession));
  }

  @Override
  public CompletableFuture<SessionInfo> updateWorkflow(
      String currentStep, Collection<String> completedSteps, Collection<String> pendingSteps) {
    UpdateWorkflowRequest request =
        UpdateWorkflowRequest.newBuilder()
            .setSessionId(sessionId)
            .setCurrentStep(currentStep)
            .addAllCompletedSteps(completedSteps)
            .addAllPendingSteps(pendingSteps)
            .build();
    return session(
        calls
            .call(SessionServiceGrpc.getUpdateWorkflowMethod(), request)
            .thenApply(UpdateWorkflowResponse::getSession));
  }

  @Override
  public CompletableFuture<SessionInfo> mergeSharedContext(Map<String, ?> patch) {
    return change(contextChange().setMergePatch(JsonStruct.toStruct(patch)));
  }

  @Override
  public CompletableFuture<SessionInfo> mergeSharedContext(
      Map<String, ?> patch, long expectedRevision) {
    return change(
        contextChange()
            .setMergePatch(JsonStruct.toStruct(patch))
            .setExpectedRevision(expectedRevision));
  }

  @Override
  public CompletableFuture<SessionInfo> replaceSharedContext(Map<String, ?> context) {
    return change(contextChange().setSharedContext(JsonStruct.toStruct(context)));
  }

  @Override
  public CompletableFuture<SessionInfo> replaceSharedContext(
      Map<String, ?> context, long expectedRevision) {
    return change(
        contextChange()
            .setSharedContext(JsonStruct.toStruct(context))
            .setExpectedRevision(expectedRevision));
  }

  private UpdateSharedContextRequest.Builder contextChange() {
    return UpdateSharedContextRequest.newBuilder().setSessionId(sessionId);
  }

  private CompletableFuture<SessionInfo> change(UpdateSharedContextRequest.Builder request) {
    return session(
        calls
            .call(SessionServiceGrpc.getUpdateSharedContextMethod(), request.build())
            .thenApply(UpdateSharedContextResponse::getSession));
  }

  @Override
  public CompletableFuture<SessionInfo> complete(String summary, String... artifacts) {
    CompleteSessionRequest request =
        CompleteSessionRequest.newBuilder()
            .setSessionId(sessionId)
            .setSummary(summary)
            .addAllArtifacts(List.of(artifacts))
            .build();
    return session(
        calls
            .call(SessionServiceGrpc.getCompleteSessionMethod(), request)
            .thenApply(CompleteSessionResponse::getSession));
  }

  @Override
  public CompletableFuture<SessionInfo> terminate(String reason, String details) {
    TerminateSessionRequest request =
        TerminateSessionRequest.newBuilder()
            .setSessionId(sessionId)
            .setReason(reason)
            .setDetails(details)
            .build();
    return session(
        calls
            .call(SessionServiceGrpc.getTerminateSessionMethod(), request)
            .thenApply(TerminateSessionResponse::getSession));
  }

  @Override
  public CompletableFuture<List<DelegatedTask>> delegateToAll(NewTask task) {
    return sendTask(task).thenApply(SessionClient::tasksOf);
  }

  /** The ids as the contract makes them: the message's for one recipient, numbered for several. */
  private static List<DelegatedTask> tasksOf(SendMessageResponse response) {
    List<DelegatedTask> tasks = new ArrayList<>();
    boolean isAlone = response.getRecipientsCount() == 1;
    for (String assignee : response.getRecipientsList()) {
      String number = isAlone ? "" : "#" + (tasks.size() + 1);
      tasks.add(new DelegatedTask(response.getMessageId() + number, assignee));
    }
    return List.copyOf(tasks);
  }

  @Override
  public CompletableFuture<Sent> send(OutgoingMessage message) {
    return send(envelopeOf(message))
        .thenApply(
            response ->
                new Sent(
                    response.getMessageId(),
                    response.getDuplicate(),
                    Times.toInstant(response.getAcceptedTime()),
                    response.getRecipientsList()));
  }

  @Override
  public CompletableFuture<Page<TaskInfo>> tasks(TaskQuery query) {
    ListTasksRequest request = query.toRequest().toBuilder().setSessionId(sessionId).build();
    return Paging.first(
        token ->
            calls
                .call(
                    SessionServiceGrpc.getListTasksMethod(),
                    request.toBuilder().setPageToken(token).build())
                .thenApply(
                    page ->
                        new Paging.Answer<>(
                            page.getTasksList().stream().map(Records::toTask).toList(),
                            page.getNextPageToken())));
  }

  @Override
  public CompletableFuture<Aggregation> aggregate(AggregationMethod method, String... roleOrder) {
    AggregateResultsRequest request =
        AggregateResultsRequest.newBuilder()
            .setSessionId(sessionId)
            .setMethod(Vocabulary.AGGREGATIONS.toProto(method))
            .addAllRoleOrder(List.of(roleOrder))
            .build();
    return calls
        .call(SessionServiceGrpc.getAggregateResultsMethod(), request)
        .thenApply(Records::toAggregation);
  }

  @Override
  public Watch watch(long afterSequence, Consumer<SessionEvent> listener) {
    SessionWatch watch = new SessionWatch(calls, sessionId, afterSequence, listener);
    watch.open();
    return watch;
  }

  private static CompletableFuture<SessionInfo> session(
      CompletableFuture<io.agentbus.v1.Session> call) {
    return call.thenApply(Records::toSession);
  }
}
