"""Calls the functions that a program gave its agent."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, TypeVar

from agentbus._agent.run import Run
from agentbus.handlers import ReceiptHandler, StatusHandler

_PlainT = TypeVar("_PlainT", bound=Callable[..., Any])


class Handler:
    """A coroutine function, or a plain one that must not hold up the loop."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self._function = function
        self._is_coroutine = _is_coroutine(function)

    async def __call__(self, run: Run, threads: ThreadPoolExecutor) -> Any:
        """Handles the message of a run, which may be stopped meanwhile; raises what the function raises."""
        if self._is_coroutine:
            return await run.stoppable(self._function(run.message))
        loop = asyncio.get_running_loop()
        result = await loop.run_in_executor(threads, copy_context().run, self._in_thread, run)
        return await run.stoppable(result) if inspect.isawaitable(result) else result

    def _in_thread(self, run: Run) -> Any:
        # It may have waited for a thread that a handler before it would not leave.
        run.raise_if_stopped()
        return self._function(run.message)


def plain_function(function: _PlainT) -> _PlainT:
    """Refuses a coroutine function, which nobody would await."""
    if _is_coroutine(function):
        raise TypeError("this is called on the loop and not awaited: give a plain function, which may make a task")
    return function


def _is_coroutine(function: Callable[..., Any]) -> bool:
    call = getattr(function, "__call__", None)  # noqa: B004 - an object may have a coroutine for it
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(call)


@dataclass
class Handlers:
    """All that a program may give. A message without a handler goes to the dead letters."""

    on_task: Handler | None = None
    on_message: Handler | None = None
    on_receipt: ReceiptHandler | None = None
    on_status: StatusHandler | None = None

    @property
    def take_mail(self) -> bool:
        """Whether anything but receipts is of use to the agent."""
        return self.on_task is not None or self.on_message is not None
