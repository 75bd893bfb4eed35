"""A handler at work on a message."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime
from typing import Any, TypeVar

from agentbus._agent.withdrawal import Withdrawal
from agentbus.enums import MessageType
from agentbus.errors import AgentbusError
from agentbus.incoming import IncomingMessage
from agentbus.messages import Message, SendOutcome

_T = TypeVar("_T")


class Run:
    """One message from its delivery to the end of its handler, across streams. It is the handler's context."""

    __slots__ = (
        "_loop",
        "_pause",
        "_send",
        "_task",
        "_thread",
        "cancellation",
        "delivery_id",
        "extended_at",
        "is_withdrawn",
        "key",
        "leased_at",
        "message",
    )

    def __init__(
        self,
        key: tuple[str, str],
        message: IncomingMessage,
        send: Callable[[Message], Awaitable[SendOutcome]],
    ) -> None:
        self.key = key
        """The message's sender and id."""
        self.message = message
        message.context = self
        self.delivery_id: str | None = None
        """The newest delivery of the message; None while this agent holds none."""
        self.leased_at = 0.0
        """When the lease of that delivery last began, as far as this agent knows, by the loop's clock."""
        self.extended_at = 0.0
        """When more time was last asked for."""
        self.cancellation: AgentbusError | None = None
        """Why the handler is to stop."""
        self.is_withdrawn = False
        """The bus took the task away: nothing is left to settle, and nobody wants the outcome."""
        self._send = send
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._task: asyncio.Task[Any] | None = None
        self._pause: asyncio.Event | None = None

    @property
    def is_task(self) -> bool:
        """Whether it is a task that is worked on."""
        return self.message.type is MessageType.TASK_REQUEST

    @property
    def is_coroutine(self) -> bool:
        """Whether a coroutine is at it, which `stop` cancels."""
        return self._task is not None

    def stop(self, error: AgentbusError) -> None:
        """Tells the handler to stop, once. A coroutine is cancelled; a plain function has to look for itself."""
        if self.cancellation is not None:
            return
        self.cancellation = error
        if self._task is not None:
            self._task.cancel(error.message)
        if self._pause is not None:
            self._pause.set()

    def raise_if_stopped(self) -> None:
        """Raises the cancellation of a handler that is to stop."""
        if self.cancellation is not None:
            # Anew each time: an error that is raised again and again keeps all its tracebacks.
            raise self.cancellation.with_traceback(None)

    async def stoppable(self, handler: Awaitable[_T]) -> _T:
        """Awaits the handler, which `stop` cancels; what follows in the same task is not cancelled by it."""
        self._task = asyncio.current_task()
        if self.cancellation is not None and self._task is not None:
            self._task.cancel(self.cancellation.message)
        try:
            return await handler
        finally:
            self._task = None
            if self.cancellation is not None:
                await _take_cancellation()

    async def pause(self, delay: float) -> None:
        """Waits so many seconds, or until the handler is to stop."""
        self._pause = asyncio.Event()
        timer = self._loop.call_later(delay, self._pause.set)
        try:
            if self.cancellation is None:
                await self._pause.wait()
        finally:
            timer.cancel()
            self._pause = None

    async def send(self, message: Message) -> SendOutcome:
        """Sends a message; raises the cancellation once the bus has taken the task away."""
        if self.is_withdrawn:
            self.raise_if_stopped()
        return await self._send(message)

    def call(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        """Runs a coroutine on the agent's loop, from another thread."""
        if threading.get_ident() == self._thread:
            coroutine.close()
            raise RuntimeError("a handler that is a coroutine awaits others; `call` is for plain functions")
        if self.cancellation is not None:
            coroutine.close()
        self.raise_if_stopped()
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def is_meant(self, withdrawal: Withdrawal) -> bool:
        """Whether a withdrawal means this run.

        An attempt may be taken away and the next one be given to the same agent under the same id, and the news of the
        first may come after the second: mail that is not older than the news is not meant.
        """
        message = self.message
        return (
            self.is_task
            and message.message_id == withdrawal.message_id
            and message.session_id == withdrawal.session_id
            and message.sender == withdrawal.delegator
            and (withdrawal.is_final or _is_older(message.accepted_at, withdrawal.at))
        )


def attempt_time(message: IncomingMessage) -> datetime | None:
    """What tells the attempts of a task apart: when the mail was accepted. None for what is no task."""
    return message.accepted_at if message.type is MessageType.TASK_REQUEST else None


def is_new_attempt(before: datetime | None, now: datetime | None) -> bool:
    """Whether a delivery is a new attempt of the task of an earlier one, by their attempt times.

    A redelivery of the same mail was accepted at the same time.
    """
    return before is not None and now is not None and before < now


def _is_older(mail: datetime | None, news: datetime | None) -> bool:
    return mail is None or news is None or mail < news


async def _take_cancellation() -> None:
    """Takes a cancellation that came too late for the handler, so that it does not hit what follows."""
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        return
