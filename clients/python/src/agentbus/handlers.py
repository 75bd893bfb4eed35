"""What an agent does with its mail."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from agentbus.enums import MessageState
from agentbus.incoming import IncomingMessage, IncomingTask
from agentbus.messages import Binary
from agentbus.status import AgentStatus

TaskResult: TypeAlias = Mapping[str, Any] | Binary | None
"""What a task came to: a JSON object, or bytes with their media type, or nothing."""

TaskHandler: TypeAlias = Callable[[IncomingTask], Awaitable[TaskResult] | TaskResult]
"""Does a task: a coroutine function, or a plain one, which runs in a thread of its own.

What it returns becomes the TASK_RESPONSE. What it raises becomes one with the status `failed`, except `RetryLater` and
`Reject`. The task is acknowledged once its response is on disk. A crash in between delivers it again: work that must
not happen twice keeps a record under `task.task_id`.
"""

MessageHandler: TypeAlias = Callable[[IncomingMessage], Awaitable[None] | None]
"""Takes a message that is not a task, which is acknowledged when the handler returns.

When it raises, the message comes again after a delay that grows with each delivery, or that `RetryLater` names.
"""


@dataclass(frozen=True)
class Receipt:
    """What became of a message that the agent sent with `receipts`."""

    message_id: str
    recipient: str
    """The agent whose mailbox the message went to."""
    state: MessageState
    time: datetime | None
    """When, by the clock of the bus."""
    attempt: int
    """Deliveries so far."""
    reason: str
    """Why, for EXPIRED, DEAD_LETTERED and WITHDRAWN."""


ReceiptHandler: TypeAlias = Callable[[Receipt], None]
"""Hears what became of a message whose `receipts` asked for it. It is called on the loop and must not block."""

StatusHandler: TypeAlias = Callable[[AgentStatus], None]
"""Hears of each change of the connection. It is called on the loop and must not block."""
