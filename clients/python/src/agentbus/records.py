"""What the bus tells about sessions, tasks, messages and agents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agentbus.enums import (
    AgentPresence,
    MessageState,
    ParticipantStatus,
    Priority,
    SessionState,
    StepFailurePolicy,
    StepStatus,
    TaskStatus,
    WorkflowMode,
)
from agentbus.messages import JsonObject


@dataclass(frozen=True)
class Participant:
    """An agent of a session: to add one, its id and its role are enough."""

    agent_id: str
    role: str
    status: ParticipantStatus = ParticipantStatus.ACTIVE
    joined_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a workflow: to create one, its name is enough."""

    name: str
    required_agents: Sequence[str] = ()
    depends_on: Sequence[str] | None = None
    """Steps that it waits for. Default: the one before it in the list."""
    on_failure: StepFailurePolicy = StepFailurePolicy.UNSPECIFIED
    """What follows when it fails and nobody says. Default: that of `StepFailurePolicy.HOLD`."""
    status: StepStatus = StepStatus.UNSPECIFIED
    started_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True)
class Workflow:
    """The steps of a session and where they stand."""

    steps: Sequence[Step]
    current_step: str
    completed_steps: Sequence[str]
    pending_steps: Sequence[str]
    mode: WorkflowMode


@dataclass(frozen=True)
class Session:
    """A session as the bus sees it."""

    session_id: str
    orchestrator: str
    """The agent that leads it."""
    participants: Sequence[Participant]
    """Its roster, in order of joining; removed participants stay, marked so."""
    workflow: Workflow
    shared_context: JsonObject
    context_revision: int
    """Counts the changes of `shared_context`; 1 for the one that it was created with."""
    state: SessionState
    labels: Mapping[str, str]
    created_at: datetime | None
    updated_at: datetime | None
    last_sequence: int
    """Sequence of its newest event."""
    idle_timeout: float | None
    """Seconds without an event after which the bus terminates it; None for never."""
    summary: str
    """What was achieved, once it is COMPLETED."""
    artifacts: Sequence[str]
    """Where the results are, once it is COMPLETED."""
    termination_reason: str
    """Why, for programs, once it is TERMINATED."""
    termination_details: str
    """The same for people."""


@dataclass(frozen=True)
class TaskError:
    """Why a task did not succeed: a word for programs, and a text for people."""

    reason: str
    message: str


@dataclass(frozen=True)
class Task:
    """A task and where it stands."""

    task_id: str
    session_id: str
    """Empty for none."""
    step: str
    """The workflow step it belongs to; empty for none."""
    delegator: str
    """The agent that asked."""
    assignee: str
    """The agent that is to do it now."""
    status: TaskStatus
    attempt: int
    """Counted from 1 for each assignee."""
    progress: int
    """0 to 100 percent, as the assignee last said."""
    note: str
    """What the assignee last said about it."""
    parent_task_id: str
    """The task that caused it; empty for none."""
    priority: Priority
    payload: JsonObject
    """The answer, if it is JSON; empty otherwise, and in lists."""
    data: bytes | None
    """The answer, if it is not JSON; `content_type` says what it is."""
    content_type: str
    error: TaskError | None
    """Why it did not succeed, if it did not."""
    created_at: datetime | None
    updated_at: datetime | None
    deadline: datetime | None
    """When it times out whatever its attempts are at."""
    message_id: str
    """The message that asked for it."""
    requested_assignee: str
    """The agent that was asked first."""


@dataclass(frozen=True)
class DelegatedTask:
    """One of the tasks that a request to several agents made."""

    task_id: str
    assignee: str


@dataclass(frozen=True)
class Answer:
    """What an agent answered to a task."""

    task_id: str
    agent_id: str
    """Who answered: the agent that was asked, or one of the fallback agents."""
    failed: bool
    """Whether the answer says that the task failed; its payload says why then."""
    payload: JsonObject
    """The JSON content; empty if there is none."""
    data: bytes | None
    """The content if it is not JSON; `content_type` says what it is."""
    content_type: str


@dataclass(frozen=True)
class SessionEvent:
    """One change of a session."""

    session_id: str
    sequence: int
    """Number of the event in its session: 1, 2, 3 and so on, without gaps."""
    time: datetime | None
    actor: str
    """Who did it: an agent id, `principal:{name}`, or `bus` for what the bus does by itself."""
    cause: str
    """The message that brought it about; empty if none did."""
    type: str
    """What happened: `task_completed`, under its name in the contract's `SessionEvent`."""
    body: Mapping[str, Any]
    """The facts of it, under their names in the contract; times are datetimes, and enums their names."""


@dataclass(frozen=True)
class Aggregation:
    """One result of the answers in a session."""

    unified_result: JsonObject | None
    """None for `AggregationMethod.MANUAL`."""
    confidence: float
    """How sure it is, 0 to 1."""
    conflicts: Sequence[Mapping[str, Any]]
    """Keys on which the answers differ, as the contract's `Conflict`."""
    results: Sequence[Mapping[str, Any]]
    """The answers that take part, oldest first, as the contract's `AgentResult`."""
    summary_markdown: str


@dataclass(frozen=True)
class MessageStatus:
    """Where one recipient's copy of a message is."""

    recipient: str
    state: MessageState
    accepted_at: datetime | None
    state_at: datetime | None
    attempt: int
    """Deliveries so far."""
    reason: str
    """Why, if it expired, was given up or was taken back."""


@dataclass(frozen=True)
class AgentRecord:
    """A registered agent and its presence."""

    agent_id: str
    display_name: str
    version: str
    capabilities: Sequence[str]
    metadata: Mapping[str, str]
    presence: AgentPresence
    instances: Sequence[Mapping[str, Any]]
    """Its processes, as the contract's `AgentInstance`."""
    queued_messages: int
    last_seen_at: datetime | None
