"""Messages of the contract as the records of this package."""

from __future__ import annotations

from datetime import datetime

from google.protobuf.timestamp_pb2 import Timestamp

from agentbus import enums
from agentbus._calls.plain import plain
from agentbus._wire.json_struct import read_struct
from agentbus._wire.times import moment_of, seconds_of
from agentbus.records import (
    AgentRecord,
    Aggregation,
    Answer,
    MessageStatus,
    Participant,
    Session,
    SessionEvent,
    Step,
    Task,
    TaskError,
    Workflow,
)
from agentbus.v1 import (
    agent_pb2,
    envelope_pb2,
    message_service_pb2,
    participant_pb2,
    session_event_pb2,
    session_pb2,
    session_service_pb2,
    task_pb2,
    workflow_pb2,
)


def session_of(message: session_pb2.Session) -> Session:
    """Reads a session."""
    return Session(
        session_id=message.session_id,
        orchestrator=message.orchestrator,
        participants=tuple(participant_of(participant) for participant in message.participants),
        workflow=workflow_of(message.workflow),
        shared_context=read_struct(message.shared_context),
        context_revision=message.context_revision,
        state=enums.SessionState(message.state),
        labels=dict(message.labels),
        created_at=_moment(message.created_at, message.HasField("created_at")),
        updated_at=_moment(message.updated_at, message.HasField("updated_at")),
        last_sequence=message.last_sequence,
        idle_timeout=seconds_of(message.idle_timeout) if message.HasField("idle_timeout") else None,
        summary=message.completion.summary,
        artifacts=tuple(message.completion.artifacts),
        termination_reason=message.termination.reason,
        termination_details=message.termination.details,
    )


def participant_of(message: participant_pb2.Participant) -> Participant:
    """Reads an entry of a roster."""
    return Participant(
        agent_id=message.agent_id,
        role=message.role,
        status=enums.ParticipantStatus(message.status),
        joined_at=_moment(message.join_time, message.HasField("join_time")),
    )


def workflow_of(message: workflow_pb2.Workflow) -> Workflow:
    """Reads a workflow."""
    return Workflow(
        steps=tuple(_step(step) for step in message.steps),
        current_step=message.current_step,
        completed_steps=tuple(message.completed_steps),
        pending_steps=tuple(message.pending_steps),
        mode=enums.WorkflowMode(message.mode),
    )


def _step(message: workflow_pb2.WorkflowStep) -> Step:
    return Step(
        name=message.name,
        required_agents=tuple(message.required_agents),
        depends_on=tuple(message.depends_on),
        on_failure=enums.StepFailurePolicy(message.on_failure),
        status=enums.StepStatus(message.status),
        started_at=_moment(message.started_at, message.HasField("started_at")),
        completed_at=_moment(message.completed_at, message.HasField("completed_at")),
    )


def task_of(message: task_pb2.Task) -> Task:
    """Reads a task."""
    content = message.result.WhichOneof("content")
    error = message.error
    return Task(
        task_id=message.task_id,
        session_id=message.session_id,
        step=message.step,
        delegator=message.delegator,
        assignee=message.assignee,
        status=enums.TaskStatus(message.status),
        attempt=message.attempt,
        progress=message.progress,
        note=message.note,
        parent_task_id=message.parent_task_id,
        priority=enums.Priority(message.priority),
        payload=read_struct(message.result.payload) if content == "payload" else {},
        data=message.result.data if content == "data" else None,
        content_type=message.result.content_type,
        error=TaskError(error.reason, error.message) if message.HasField("error") else None,
        created_at=_moment(message.created_at, message.HasField("created_at")),
        updated_at=_moment(message.updated_at, message.HasField("updated_at")),
        deadline=_moment(message.deadline, message.HasField("deadline")),
        message_id=message.message_id,
        requested_assignee=message.requested_assignee,
    )


def answer_of(task_id: str, reply: envelope_pb2.Envelope) -> Answer:
    """Reads the reply to a task."""
    content = reply.WhichOneof("content")
    payload = read_struct(reply.payload) if content == "payload" else {}
    return Answer(
        task_id=task_id,
        agent_id=reply.sender.agent_id,
        failed=payload.get("status") == "failed",
        payload=payload,
        data=reply.data if content == "data" else None,
        content_type=reply.content_type,
    )


def event_of(message: session_event_pb2.SessionEvent) -> SessionEvent:
    """Reads an event; one that this version does not know has the type `unknown`."""
    kind = message.WhichOneof("body")
    return SessionEvent(
        session_id=message.session_id,
        sequence=message.sequence,
        time=_moment(message.time, message.HasField("time")),
        actor=message.actor,
        cause=message.cause,
        type=kind or "unknown",
        body={} if kind is None else plain(getattr(message, kind)),
    )


def aggregation_of(message: session_service_pb2.AggregateResultsResponse) -> Aggregation:
    """Reads what came of the answers."""
    return Aggregation(
        unified_result=read_struct(message.unified_result) if message.HasField("unified_result") else None,
        confidence=message.confidence,
        conflicts=tuple(plain(conflict) for conflict in message.conflicts),
        results=tuple(plain(result) for result in message.results),
        summary_markdown=message.summary_markdown,
    )


def message_status_of(message: message_service_pb2.MessageStatus) -> MessageStatus:
    """Reads where a copy of a message is."""
    return MessageStatus(
        recipient=message.recipient,
        state=enums.MessageState(message.state),
        accepted_at=_moment(message.accepted_time, message.HasField("accepted_time")),
        state_at=_moment(message.state_time, message.HasField("state_time")),
        attempt=message.attempt,
        reason=message.reason,
    )


def agent_of(message: agent_pb2.Agent) -> AgentRecord:
    """Reads a registered agent."""
    descriptor = message.descriptor
    return AgentRecord(
        agent_id=descriptor.agent_id,
        display_name=descriptor.display_name,
        version=descriptor.version,
        capabilities=tuple(descriptor.capabilities),
        metadata=dict(descriptor.metadata),
        presence=enums.AgentPresence(message.status),
        instances=tuple(plain(instance) for instance in message.instances),
        queued_messages=message.queued_messages,
        last_seen_at=_moment(message.last_seen_time, message.HasField("last_seen_time")),
    )


def _moment(message: Timestamp, is_there: bool) -> datetime | None:
    return moment_of(message) if is_there else None
