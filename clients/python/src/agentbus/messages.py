"""What a program sends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from datetime import datetime
from typing import Any, TypeAlias

from agentbus.enums import MessageState, MessageType, Priority, Replies, RetryBackoff

JsonObject: TypeAlias = dict[str, Any]
"""A JSON object: keys are texts, values None, bool, int, float, str, lists and such objects."""


@dataclass(frozen=True)
class Role:
    """Every participant of the session that has this role, but the sender."""

    name: str


@dataclass(frozen=True)
class Capability:
    """The least busy live agent that can do this, but the sender."""

    name: str


@dataclass(frozen=True)
class AllParticipants:
    """All participants of the session but the sender."""


Address: TypeAlias = str | Role | Capability | AllParticipants
"""Who is to get a message: an agent id, or everybody a description fits."""


@dataclass(frozen=True)
class Binary:
    """Bytes of a media type such as `application/pdf`: the result of a task that is not JSON."""

    data: bytes
    content_type: str


@dataclass(frozen=True, kw_only=True)
class Retry:
    """How often and when a failed attempt of a task is repeated."""

    max_retries: int
    """Attempts after the first, 0 to 100."""
    backoff: RetryBackoff = RetryBackoff.NONE
    initial_delay: float | None = None
    """Wait before the first retry, in seconds. Default 1."""
    max_delay: float | None = None
    """Longest wait, in seconds. Default 60."""


@dataclass(frozen=True, kw_only=True)
class _MessageOptions:
    """What messages and tasks may carry besides their address and content."""

    data: bytes | None = None
    """The content if it is not JSON; `content_type` says what it is."""
    content_type: str = ""
    """Media type of `data`."""
    priority: Priority = Priority.UNSPECIFIED
    """Default: that of `Priority.MEDIUM`."""
    parent_task_id: str = ""
    """The task that caused this one. What a handler delegates by its task has this by itself."""
    step: str = ""
    """The workflow step it belongs to. Default: the workflow chooses."""
    timeout: float | None = None
    """Time for one attempt of a task, in seconds, at most 7 days. Default: no bound."""
    retry: Retry | None = None
    """Default: no retry."""
    fallback_agents: Sequence[str] = ()
    """Agents to ask in turn when attempts are exhausted; at most 16."""
    expires_at: datetime | None = None
    """When the message loses its use; must know its time zone. Default: never."""
    receipts: Sequence[MessageState] = ()
    """Turns in the life of the message that an agent is told of by `on_receipt`. Default: none."""
    metadata: Mapping[str, str] | None = None
    """Words about the message; `traceparent` carries W3C Trace Context."""


@dataclass(frozen=True)
class Message(_MessageOptions):
    """A message on its way out: `Message("python://other", {"text": "hello"})`."""

    to: Address
    payload: Mapping[str, Any] | None = None
    """The JSON content. Default: none."""
    _: KW_ONLY
    type: MessageType = MessageType.NOTIFICATION
    message_id: str = ""
    """Name of the message. Default: a new one.

    A program that names its messages itself can repeat them after a crash: the bus takes the repetition for a
    duplicate. For that reason such a message is not stamped with the time.
    """
    session_id: str = ""
    """The session it is part of. Default: none, or that of the message that is handled."""
    correlation_id: str = ""
    """The message that this one answers."""
    replies: Replies = Replies.UNSPECIFIED
    """Where the answer to a task goes. Default: that of `Replies.MAILBOX`."""


@dataclass(frozen=True)
class NewTask(_MessageOptions):
    """A task on its way to an agent: `NewTask("python://worker", {"text": "hello"})`."""

    to: Address
    payload: Mapping[str, Any] | None = None
    """The JSON content. Default: none."""
    _: KW_ONLY
    task_id: str = ""
    """Unique in the session, and among all messages that the delegator sends within 24 hours. Default: a new one.

    Delegating again under the same id and content changes nothing.
    """
    replies: Replies = Replies.UNSPECIFIED
    """Where the answer goes.

    Default: `SESSION` for an orchestrator, which reads no mailbox; `MAILBOX` for an agent, whose `on_message` gets it.
    """


@dataclass(frozen=True)
class SendOutcome:
    """What the bus said to a message that was sent: it is on disk."""

    message_id: str
    duplicate: bool
    """Whether it was on disk already, under the same id and with the same content."""
    accepted_at: datetime | None
    """Since when it is on disk, by the clock of the bus."""
    recipients: Sequence[str]
    """The agents whose mailboxes it went to, in the order of the roster."""


def task_request(task: NewTask, *, replies: Replies = Replies.UNSPECIFIED, session_id: str = "") -> Message:
    """Makes the message that delegates a task; `replies` is for a task that does not say it."""
    return Message(
        to=task.to,
        payload=task.payload,
        type=MessageType.TASK_REQUEST,
        message_id=task.task_id,
        session_id=session_id,
        replies=task.replies or replies,
        data=task.data,
        content_type=task.content_type,
        priority=task.priority,
        parent_task_id=task.parent_task_id,
        step=task.step,
        timeout=task.timeout,
        retry=task.retry,
        fallback_agents=task.fallback_agents,
        expires_at=task.expires_at,
        receipts=task.receipts,
        metadata=task.metadata,
    )
