"""Keeps one stream open after the other, until the agent has left or is refused."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from grpc import StatusCode

from agentbus import limits
from agentbus._agent.lifecycle import Lifecycle, has_left
from agentbus._agent.stream import AgentStream
from agentbus._wire.status import unreachable
from agentbus.backoff import Backoff
from agentbus.enums import AgentState
from agentbus.errors import AgentbusError
from agentbus.status import AgentStatus

_FINAL_CODES = frozenset(
    {
        StatusCode.UNAUTHENTICATED,
        StatusCode.PERMISSION_DENIED,
        StatusCode.INVALID_ARGUMENT,
        StatusCode.FAILED_PRECONDITION,
        StatusCode.NOT_FOUND,
        StatusCode.UNIMPLEMENTED,
    }
)
"""With these the bus says that trying again changes nothing."""


def is_final(error: AgentbusError) -> bool:
    """Whether the error that ended a stream ends the connection."""
    return error.reason == "STREAM_FENCED" or error.code in _FINAL_CODES


class Connector:
    """Opens streams, and decides when there is no other."""

    def __init__(
        self,
        *,
        open_stream: Callable[[], AgentStream],
        is_quiet: Callable[[], bool],
        stream_ended: Callable[[], None],
        lifecycle: Lifecycle,
        backoff: Backoff,
        address: str,
        connect_timeout: float | None,
    ) -> None:
        """`is_quiet` tells whether nothing is being worked on, sent or settled."""
        self._open_stream = open_stream
        self._is_quiet = is_quiet
        self._stream_ended = stream_ended
        self._lifecycle = lifecycle
        self._backoff = backoff
        self._address = address
        self._connect_timeout = connect_timeout
        self._loop = asyncio.get_running_loop()
        self._stop_waiting = asyncio.Event()
        self._stream: AgentStream | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._is_over = False
        self._failure: AgentbusError | None = None
        """Why there was no first welcome in time."""
        self._last_error: AgentbusError | None = None
        self._reopen_in: float | None = None
        """When to open another stream after this one, if somebody asked for it."""
        self.is_leaving = False
        """Whether the agent takes no more work."""

    async def run(self) -> None:
        """Returns when the agent has left; raises the error for which it cannot stay."""
        if self._connect_timeout is not None:
            self._timers.append(self._loop.call_later(self._connect_timeout, self._connect_timed_out))
        try:
            while not self._is_done():
                if not self.is_leaving:
                    self._lifecycle.set(AgentStatus(AgentState.CONNECTING))
                error = await self._run_stream()
                if self._is_done():
                    return
                if self._failure is not None:
                    raise self._failure
                if error is not None and is_final(error):
                    raise error
                await self._pause(error)
                if self._failure is not None:
                    raise self._failure
        finally:
            for timer in self._timers:
                timer.cancel()

    def changed(self) -> None:
        """Something is to be said, or less is to be waited for."""
        if self._stream is not None:
            self._stream.wake()
        if not self.is_leaving and self._reopen_in is None:
            return
        if self._stream is not None and self._is_quiet():
            self._stream.end()
        if self._is_done():
            self._stop_waiting.set()

    def reconnect(self, delay: float) -> None:
        """Opens another stream when this one has nothing left to do or has ended, after so many seconds."""
        if self._stream is None:
            # The next one is on its way.
            return
        self._reopen_in = delay
        self.changed()

    def leave(self, grace: float | None) -> None:
        """Leaves when nothing is left to do, or after `grace` seconds at the latest."""
        if not self.is_leaving:
            self._lifecycle.set(AgentStatus(AgentState.DRAINING))
        self.is_leaving = True
        if grace is not None:
            self._timers.append(self._loop.call_later(grace, self._give_up))
        self.changed()

    async def _run_stream(self) -> AgentbusError | None:
        opened_at = self._loop.time()
        self._stream = self._open_stream()
        try:
            error = await self._stream.run()
        finally:
            self._stream = None
            self._stream_ended()
        if self._loop.time() - opened_at >= limits.HEALTHY_STREAM:
            self._backoff.reset()
        self._last_error = error or self._last_error
        return error

    async def _pause(self, error: AgentbusError | None) -> None:
        delay = self._backoff.next() if self._reopen_in is None else self._reopen_in
        self._reopen_in = None
        if not self.is_leaving:
            self._lifecycle.set(AgentStatus(AgentState.WAITING, error, retry_in=delay))
        timer = self._loop.call_later(delay, self._stop_waiting.set)
        try:
            await self._stop_waiting.wait()
        finally:
            timer.cancel()
        self._stop_waiting.clear()

    def _is_done(self) -> bool:
        """Stays true: who has left does not come back for a message that was sent a moment too late."""
        self._is_over = self._is_over or (self.is_leaving and self._is_quiet())
        return self._is_over

    def _connect_timed_out(self) -> None:
        if self._lifecycle.was_welcomed:
            return
        why = f"there was no answer within {self._connect_timeout:g} s"
        if self._last_error is not None:
            why = self._last_error.message
        # Errors that the bus did not make itself have the address already.
        has_address = self._address in why
        self._failure = AgentbusError(StatusCode.UNAVAILABLE, why) if has_address else unreachable(self._address, why)
        self._break_off(self._failure)

    def _give_up(self) -> None:
        self._is_over = True
        self._break_off(has_left())

    def _break_off(self, error: AgentbusError) -> None:
        if self._stream is not None:
            self._stream.abort(error)
        self._stop_waiting.set()
