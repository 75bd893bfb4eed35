"""Has a message handled and says what becomes of its delivery."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from grpc import StatusCode

from agentbus import limits
from agentbus._agent.handler import Handler, Handlers
from agentbus._agent.run import Run
from agentbus._agent.settlements import ACKNOWLEDGE, Disposition, Drop, Requeue
from agentbus.backoff import Backoff
from agentbus.enums import MessageType
from agentbus.errors import AgentbusError, Reject, RetryLater
from agentbus.incoming import IncomingMessage, answer_to
from agentbus.messages import Binary, Message

_logger = logging.getLogger("agentbus")


@dataclass(frozen=True)
class Handling:
    """What it takes to handle messages."""

    handlers: Handlers
    threads: ThreadPoolExecutor
    """For plain handlers."""
    new_backoff: Callable[[], Backoff]
    """For a response that is offered again to a delegator whose mailbox is full."""

    async def handle(self, run: Run) -> Disposition:
        """Handles the message of a run to its end; raises nothing that its handler raises."""
        handler = self.handlers.on_task if run.is_task else self.handlers.on_message
        if handler is None:
            return Drop(f"the agent has no handler for {run.message.type.name}")
        return await (self._handle_task(run, handler) if run.is_task else self._handle_message(run, handler))

    async def _handle_message(self, run: Run, handler: Handler) -> Disposition:
        try:
            await handler(run, self.threads)
        except (Exception, asyncio.CancelledError) as error:
            given_back = _given_back(run, error)
            if given_back is not None:
                return given_back
            _log(run, error)
            return Requeue(requeue_delay(run.message.attempt), _text(error))
        return ACKNOWLEDGE

    async def _handle_task(self, run: Run, handler: Handler) -> Disposition:
        try:
            result = await handler(run, self.threads)
            response = _response(run.message, result)
        except (Exception, asyncio.CancelledError) as error:
            given_back = _given_back(run, error)
            if given_back is not None:
                return given_back
            _log(run, error)
            response = _failure(run.message, error)
        return await self._respond(run, response)

    async def _respond(self, run: Run, response: Message) -> Disposition:
        """Acknowledges a task only when its response is on disk.

        So a crash in between delivers the task again and no answer is lost. A response that the bus refuses is
        followed by one that says so; a task that cannot be answered at all goes to the dead letters.
        """
        refused = await self._offer(run, response)
        if refused is not None and run.cancellation is None:
            if await self._offer(run, _failure(run.message, refused)) is None:
                return ACKNOWLEDGE
            if run.cancellation is None:
                return Drop(f"the response was refused: {_text(refused)}")
        return ACKNOWLEDGE if refused is None else Requeue(0, "the agent left before its response was on disk")

    async def _offer(self, run: Run, response: Message) -> Exception | None:
        """Returns what a response was refused for: by the bus, or by the codec, which takes no text for bytes."""
        try:
            await self._send_response(run, response)
        except Exception as refusal:
            return refusal
        return None

    async def _send_response(self, run: Run, response: Message) -> None:
        """The work is done and may have been dear: its result waits for room, where a refusal would repeat the work."""
        backoff: Backoff | None = None
        while True:
            try:
                await run.send(response)
                return
            except AgentbusError as error:
                if not _is_for_want_of_room(error) or run.cancellation is not None:
                    raise
            backoff = backoff or self.new_backoff()
            await run.pause(backoff.next())


def requeue_delay(attempt: int) -> float:
    """How long a message stays away whose handler raised: doubled with each delivery."""
    # Beyond the bound of doublings a larger power only overflows.
    doublings = min(max(attempt - 1, 0), 16)
    return min(limits.FIRST_REQUEUE_DELAY * float(2**doublings), limits.LAST_REQUEUE_DELAY)


def _given_back(run: Run, error: BaseException) -> Disposition | None:
    """What was not refused but could not be done now goes back to the mailbox; what was given up does not."""
    if isinstance(error, RetryLater):
        return Requeue(error.delay, error.reason)
    if isinstance(error, Reject):
        return Drop(error.reason)
    return None if run.cancellation is None else Requeue(0, "the agent left")


def _response(task: IncomingMessage, result: Any) -> Message:
    if result is None:
        return answer_to(task, MessageType.TASK_RESPONSE)
    if isinstance(result, Binary):
        return answer_to(task, MessageType.TASK_RESPONSE, data=result.data, content_type=result.content_type)
    if isinstance(result, Mapping):
        return answer_to(task, MessageType.TASK_RESPONSE, result)
    raise TypeError(f"a task's handler returns a JSON object, Binary or None, not {type(result).__name__}")


def _failure(task: IncomingMessage, error: BaseException) -> Message:
    """What the bus reads as the end of a task without success."""
    reason = type(error).__name__
    if isinstance(error, AgentbusError):
        reason = error.reason or error.code.name
    payload = {"status": "failed", "error": {"reason": reason, "message": _text(error)}}
    return answer_to(task, MessageType.TASK_RESPONSE, payload)


def _is_for_want_of_room(error: AgentbusError) -> bool:
    """The mailbox of the delegator is full, or too much is unanswered: only this client says that, without a reason."""
    return error.reason == "MAILBOX_FULL" or (error.code is StatusCode.RESOURCE_EXHAUSTED and error.reason is None)


def _text(error: BaseException) -> str:
    text = error.message if isinstance(error, AgentbusError) else str(error)
    # Names of files may have what is no character.
    return text.encode(errors="replace").decode()


def _log(run: Run, error: BaseException) -> None:
    _logger.warning("the handler of %s from %s failed", run.message.message_id, run.message.sender, exc_info=error)
