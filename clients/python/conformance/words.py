"""Messages and tasks as commands have them, in the client's words."""

from __future__ import annotations

import base64
from typing import Any

from agentbus import (
    Address,
    AllParticipants,
    Capability,
    Message,
    MessageType,
    NewTask,
    Priority,
    Retry,
    Role,
)


def message_of(order: dict[str, Any]) -> Message:
    """Makes a message."""
    return Message(
        _address(order["to"]),
        order.get("payload"),
        type=MessageType[order.get("type", "NOTIFICATION")],
        message_id=order.get("message_id", ""),
        session_id=order.get("session_id", ""),
        correlation_id=order.get("correlation_id", ""),
        **_options(order),
    )


def task_of(order: dict[str, Any]) -> NewTask:
    """Makes a task."""
    return NewTask(_address(order["to"]), order.get("payload"), task_id=order.get("task_id", ""), **_options(order))


def data_of(content: Any) -> dict[str, Any]:
    """The content of an answer or a task's result, as answers carry it."""
    if content.data is None:
        return {"payload": content.payload}
    return {"data_base64": base64.b64encode(content.data).decode(), "content_type": content.content_type}


def _options(order: dict[str, Any]) -> dict[str, Any]:
    data = order.get("data_base64")
    timeout = order.get("timeout_ms")
    retries = order.get("max_retries")
    return {
        "data": None if data is None else base64.b64decode(data),
        "content_type": order.get("content_type", ""),
        "priority": Priority[order.get("priority", "UNSPECIFIED")],
        "timeout": None if timeout is None else timeout / 1000,
        "retry": None if retries is None else Retry(max_retries=retries),
        "fallback_agents": order.get("fallback_agents", ()),
        "step": order.get("step", ""),
        "metadata": order.get("metadata"),
    }


def _address(to: dict[str, Any]) -> Address:
    if "role" in to:
        return Role(to["role"])
    if "capability" in to:
        return Capability(to["capability"])
    return AllParticipants() if to.get("all_participants") else str(to["agent_id"])
