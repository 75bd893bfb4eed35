"""What the program is told of the life of its agent."""

from __future__ import annotations

import asyncio
import logging

from grpc import StatusCode

from agentbus._agent.handler import Handlers
from agentbus.enums import AgentState
from agentbus.errors import AgentbusError
from agentbus.status import AgentStatus

_logger = logging.getLogger("agentbus")


class Lifecycle:
    """The status of an agent, from its first try to connect to its end."""

    def __init__(self, handlers: Handlers) -> None:
        self.status = AgentStatus(AgentState.CONNECTING)
        self.over: AgentbusError | None = None
        """Why nothing can be sent any more; None while the agent is on the bus or on its way."""
        self._handlers = handlers
        self._loop = asyncio.get_running_loop()
        self._welcomed: asyncio.Future[None] = self._loop.create_future()

    def set(self, status: AgentStatus) -> None:
        """Says where the connection stands."""
        self.status = status
        if status.state is AgentState.WAITING:
            _logger.warning(
                "connecting again in %.1f s: %s", status.retry_in, status.error or "the bus ended the stream"
            )
        if self._handlers.on_status is not None:
            # In a turn of its own, so that a handler that raises is the program's fault and not the agent's end.
            self._loop.call_soon(self._handlers.on_status, status)

    def welcomed(self) -> None:
        """The bus has welcomed the agent."""
        if not self._welcomed.done():
            self._welcomed.set_result(None)

    @property
    def was_welcomed(self) -> bool:
        """Whether the bus has ever welcomed the agent."""
        return self._welcomed.done()

    def finish(self, error: AgentbusError | None) -> AgentbusError:
        """The agent is off the bus for good: as it was told to, or with an error.

        Returns what unfinished business fails with.
        """
        self.over = error or has_left()
        if not self._welcomed.done():
            self._welcomed.set_exception(self.over)
            # Whoever asks for the welcome hears of it; so does whoever asks for the end.
            self._welcomed.exception()
        if error is None:
            self.set(AgentStatus(AgentState.CLOSED))
        else:
            is_fenced = error.reason == "STREAM_FENCED"
            self.set(AgentStatus(AgentState.FENCED if is_fenced else AgentState.FAILED, error))
        return self.over

    async def ready(self) -> None:
        """Returns with the first welcome; raises if there will be none."""
        await asyncio.shield(self._welcomed)


def has_left() -> AgentbusError:
    """What fails when the agent leaves."""
    return AgentbusError(StatusCode.CANCELLED, "the agent has left the bus")
