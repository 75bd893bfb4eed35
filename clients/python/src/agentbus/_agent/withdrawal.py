"""News of the bus that an attempt of a task is the agent's no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from grpc import StatusCode

from agentbus.enums import MessageType
from agentbus.errors import AgentbusError
from agentbus.incoming import IncomingMessage

BUS_AGENT_ID = "agentbus://bus"
"""The agent id that the bus speaks as."""


@dataclass(frozen=True)
class Withdrawal:
    """The bus has settled the delivery of an attempt, and wants no outcome."""

    message_id: str
    """The message that asked for the task."""
    session_id: str
    delegator: str
    """Who sent that message: outside of sessions, others may have used the same id."""
    is_final: bool
    """Whether the task has ended with it; otherwise the same agent may be asked again."""
    at: datetime | None
    """When the bus had the news on disk."""
    error: AgentbusError
    """What the handler is cancelled with."""


def read_withdrawal(message: IncomingMessage) -> Withdrawal | None:
    """Reads a withdrawal; None for any other message."""
    if message.sender != BUS_AGENT_ID or message.type is not MessageType.NOTIFICATION:
        return None
    event = message.payload.get("event")
    if event not in ("task_cancelled", "task_withdrawn"):
        return None
    is_final = event == "task_cancelled"
    return Withdrawal(
        message_id=message.correlation_id,
        session_id=message.session_id,
        delegator=_text(message.payload.get("delegator")),
        is_final=is_final,
        at=message.accepted_at,
        error=_error(message, is_final),
    )


def taken_away(task_id: str) -> AgentbusError:
    """What the handler hears when the bus took its task away and did not say why, or not yet."""
    return AgentbusError(StatusCode.ABORTED, f"task {task_id} was taken away", facts={"task_id": task_id})


def _error(message: IncomingMessage, is_cancelled: bool) -> AgentbusError:
    task_id = _text(message.payload.get("task_id")) or message.correlation_id
    cause = _text(message.payload.get("code"))
    why = _text(message.payload.get("reason")) or cause
    text = f"task {task_id} was {'called off' if is_cancelled else 'taken away'}"
    return AgentbusError(
        StatusCode.ABORTED,
        f"{text}: {why}" if why else text,
        reason="TASK_CANCELLED" if is_cancelled else None,
        facts={"task_id": task_id, "cause": cause},
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
