"""Where the connection of an agent stands."""

from __future__ import annotations

from dataclasses import dataclass

from agentbus.enums import AgentState
from agentbus.errors import AgentbusError


@dataclass(frozen=True)
class AgentStatus:
    """A state and what is known of it."""

    state: AgentState
    error: AgentbusError | None = None
    """Why the stream was lost, or the agent is off the bus. While ONLINE: why the bus refused a frame."""
    retry_in: float | None = None
    """While WAITING: seconds until the next try."""
    connection_id: str = ""
    """While ONLINE: the bus's name of the stream, for logs on both sides."""
