package io.agentbus.internal.calls;

import io.agentbus.AgentInfo;
import io.agentbus.Aggregation;
import io.agentbus.MessageStatus;
import io.agentbus.Participant;
import io.agentbus.SessionEvent;
import io.agentbus.SessionEventType;
import io.agentbus.SessionInfo;
import io.agentbus.TaskFailure;
import io.agentbus.TaskInfo;
import io.agentbus.internal.wire.Envelopes;
import io.agentbus.internal.wire.JsonStruct;
import io.agentbus.internal.wire.Times;
import io.agentbus.internal.wire.Vocabulary;
import io.agentbus.v1.AgentDescriptor;
import io.agentbus.v1.AggregateResultsResponse;
import io.agentbus.v1.ParticipantStatus;
import java.util.Optional;

/** What the bus tells of sessions and tasks, in the program's form. */
final class Records {
  private Records() {}

  static SessionInfo toSession(io.agentbus.v1.Session session) {
    return new SessionInfo(
        session.getSessionId(),
        session.getOrchestrator(),
        session.getParticipantsList().stream()
            .filter(one -> one.getStatus() != ParticipantStatus.PARTICIPANT_STATUS_REMOVED)
            .map(one -> new Participant(one.getAgentId(), one.getRole()))
            .toList(),
        Vocabulary.SESSION_STATES.toProgram(session.getState()),
        JsonStruct.toMap(session.getSharedContext()),
        session.getContextRevision(),
        session.getLabelsMap(),
        session.getLastSequence(),
        Times.toInstant(session.getCreatedAt()),
        Times.toInstant(session.getUpdatedAt()),
        session);
  }

  static TaskInfo toTask(io.agentbus.v1.Task task) {
    return new TaskInfo(
        task.getTaskId(),
        task.getSessionId(),
        task.getDelegator(),
        task.getAssignee(),
        Vocabulary.TASK_STATUSES.toProgram(task.getStatus()),
        task.getAttempt(),
        task.getProgress(),
        task.getNote(),
        Envelopes.contentOf(task.getResult()),
        task.hasError()
            ? Optional.of(
                new TaskFailure(task.getError().getReason(), task.getError().getMessage()))
            : Optional.empty(),
        task);
  }

  static SessionEvent toEvent(io.agentbus.v1.SessionEvent event) {
    return new SessionEvent(
        event.getSessionId(),
        event.getSequence(),
        Times.toInstant(event.getTime()),
        event.getActor(),
        event.getCause(),
        typeOf(event),
        event);
  }

  /** The field that is set has the name of the type. */
  private static SessionEventType typeOf(io.agentbus.v1.SessionEvent event) {
    String name = event.getBodyCase().name();
    for (SessionEventType type : SessionEventType.values()) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return SessionEventType.UNKNOWN;
  }

  static AgentInfo toAgent(io.agentbus.v1.Agent agent) {
    AgentDescriptor said = agent.getAgentDescriptor();
    return new AgentInfo(
        said.getAgentId(),
        said.getCapabilitiesList(),
        said.getDisplayName(),
        Vocabulary.PRESENCES.toProgram(agent.getStatus()),
        agent.getQueuedMessages(),
        agent);
  }

  static MessageStatus toStatus(io.agentbus.v1.MessageStatus status) {
    return new MessageStatus(
        status.getRecipient(),
        Vocabulary.MESSAGE_STATES.toProgram(status.getState()),
        status.getAttempt(),
        status.getReason(),
        status);
  }

  static Aggregation toAggregation(AggregateResultsResponse response) {
    return new Aggregation(
        JsonStruct.toMap(response.getUnifiedResult()),
        response.getConfidence(),
        response.getSummaryMarkdown(),
        response);
  }
}
