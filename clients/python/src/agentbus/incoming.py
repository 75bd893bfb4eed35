"""What a handler gets."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol, TypeVar

from agentbus.enums import MessageType, Priority
from agentbus.errors import AgentbusError
from agentbus.messages import JsonObject, Message, NewTask, SendOutcome, task_request

_T = TypeVar("_T")


class HandlerContext(Protocol):
    """What the agent offers the handler of one message."""

    @property
    def cancellation(self) -> AgentbusError | None:
        """Why the handler is to stop."""

    async def send(self, message: Message) -> SendOutcome:
        """Sends a message as it is, unless the message that is handled was taken away."""

    def call(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Runs a coroutine on the agent's loop, from a thread of a plain handler."""


@dataclass(slots=True, eq=False)
class IncomingMessage:
    """A message as its handler sees it. Absent words are empty."""

    message_id: str
    type: MessageType
    sender: str
    """The agent that sent it."""
    session_id: str
    """The session it is part of; empty for none."""
    correlation_id: str
    """The message that it answers."""
    parent_task_id: str
    """The task that caused it."""
    step: str
    """The workflow step it belongs to."""
    priority: Priority
    payload: JsonObject
    """The JSON content; empty if there is none."""
    data: bytes | None
    """The content if it is not JSON; `content_type` says what it is."""
    content_type: str
    metadata: Mapping[str, str]
    sent_at: datetime | None
    """When the sender made it, by the sender's clock."""
    accepted_at: datetime | None
    """When the bus had it on disk, by the clock of the bus."""
    timeout: float | None
    """Time that the sender gives one attempt of a task, in seconds."""
    attempt: int
    """Which delivery of the message this is, counted from 1."""
    redelivered: bool
    """Whether it may have been handled before, by this process or another."""
    context: HandlerContext | None = field(default=None, repr=False)
    """The agent's side of it; the methods below are for programs."""

    @property
    def cancellation(self) -> AgentbusError | None:
        """Why the handler is to stop; None as long as it need not.

        Its `reason` is TASK_CANCELLED if the task was called off, and None if the attempt timed out, somebody else is
        asked, or the agent closes; `facts["cause"]` has the bus's word for it, where the bus said one. A coroutine is
        cancelled as well; a plain function looks here from time to time.
        """
        return self._context.cancellation

    async def send(self, message: Message) -> SendOutcome:
        """Sends a message in the session of this one, as a part of its trace."""
        return await self._context.send(self._caused(message))

    def call(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Waits for a coroutine in a plain handler: `task.call(task.progress(50))`. Raises `cancellation` if set."""
        return self._context.call(coroutine)

    @property
    def _context(self) -> HandlerContext:
        if self.context is None:
            raise RuntimeError("this message is in the hands of no agent")
        return self.context

    def _caused(self, message: Message) -> Message:
        return inherit(self, message)


@dataclass(slots=True, eq=False)
class IncomingTask(IncomingMessage):
    """A task as its handler sees it."""

    @property
    def task_id(self) -> str:
        """Name of the task for this agent: the id of the message that asked for it."""
        return self.message_id

    async def progress(self, percent: float, note: str | None = None) -> SendOutcome:
        """Tells the delegator how far the task is, 0 to 100 percent; returns when that is on disk."""
        payload: JsonObject = {"progress": percent}
        if note is not None:
            payload["note"] = note
        return await self._context.send(answer_to(self, MessageType.STATUS_UPDATE, payload))

    async def delegate(self, task: NewTask) -> str:
        """Passes a part of the task on to another agent, as a child of this task; returns its id when it is on disk."""
        return (await self.send(task_request(task))).message_id

    def _caused(self, message: Message) -> Message:
        # Only tasks have a parent; whatever else the handler sends belongs to the task by its trace.
        parent = self.message_id if message.type is MessageType.TASK_REQUEST else ""
        return inherit(self, message, parent_task_id=parent)


def answer_to(
    task: IncomingMessage,
    kind: MessageType,
    payload: Mapping[str, Any] | None = None,
    *,
    data: bytes | None = None,
    content_type: str = "",
) -> Message:
    """Makes a message to the delegator of a task about it."""
    message = Message(
        task.sender, payload, type=kind, correlation_id=task.message_id, data=data, content_type=content_type
    )
    return inherit(task, message)


def inherit(cause: IncomingMessage, message: Message, *, parent_task_id: str = "") -> Message:
    """Puts a message into the session and the trace of the one that causes it, unless it says otherwise itself."""
    trace = {key: cause.metadata[key] for key in ("traceparent", "tracestate") if key in cause.metadata}
    if not (cause.session_id or trace or parent_task_id):
        return message
    return replace(
        message,
        session_id=message.session_id or cause.session_id,
        parent_task_id=message.parent_task_id or parent_task_id,
        metadata={**trace, **(message.metadata or {})},
    )
