"""Messages that the bus has not answered yet, on whichever stream."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from grpc import StatusCode

from agentbus import limits
from agentbus._wire.frames import send_frame
from agentbus._wire.status import from_status, missing
from agentbus._wire.times import moment_of
from agentbus.backoff import Backoff
from agentbus.errors import AgentbusError
from agentbus.messages import SendOutcome
from agentbus.v1.agent_stream_pb2 import SendResult


@dataclass(slots=True, eq=False)
class _Pending:
    message_id: str
    encoded: bytes
    outcome: asyncio.Future[SendOutcome]


class PendingSends:
    """A lane that says all unanswered messages again, with the same bytes, on each new stream.

    What was on disk already comes back as a duplicate.
    """

    def __init__(self, backoff: Backoff, changed: Callable[[], None]) -> None:
        """`backoff` is for what the bus could not take just then; `changed` hears that there is something to say."""
        self._backoff = backoff
        self._changed = changed
        self._pending: dict[str, _Pending] = {}
        self._queue: deque[_Pending] = deque()
        self._postponed: list[_Pending] = []
        self._timer: asyncio.TimerHandle | None = None
        self._total_bytes = 0

    def __len__(self) -> int:
        return len(self._pending)

    def send(self, message_id: str, encoded: bytes) -> asyncio.Future[SendOutcome]:
        """The future is done when the bus has the message on disk. RESOURCE_EXHAUSTED when too many are unanswered."""
        known = self._pending.get(message_id)
        if known is not None:
            return self._taken_up(known, encoded)
        count = len(self._pending)
        if count >= limits.MAX_UNANSWERED_SENDS or self._total_bytes + len(encoded) > limits.MAX_UNANSWERED_BYTES:
            raise AgentbusError(
                StatusCode.RESOURCE_EXHAUSTED,
                f"{count} messages wait for the answer of the bus: wait for some before sending more",
            )
        entry = _Pending(message_id, encoded, asyncio.get_running_loop().create_future())
        self._pending[message_id] = entry
        self._total_bytes += len(encoded)
        self._queue.append(entry)
        self._changed()
        return entry.outcome

    def settle(self, results: Iterable[SendResult]) -> None:
        """Takes answers of the bus."""
        for result in results:
            self._settle_one(result)
        self._changed()

    def fail(self, error: AgentbusError) -> None:
        """The agent has left for good: nobody will answer."""
        for entry in list(self._pending.values()):
            self._forget(entry)
            if not entry.outcome.done():
                entry.outcome.set_exception(error)
        self._repeat_all()

    def online(self) -> None:
        self._repeat_all()

    def offline(self) -> None:
        pass

    def next(self) -> bytes | None:
        if not self._queue:
            return None
        envelopes = [self._queue.popleft().encoded]
        size = len(envelopes[0])
        while self._queue and len(envelopes) < limits.MAX_FRAME_MESSAGES:
            size += len(self._queue[0].encoded)
            if size > limits.MAX_FRAME_BYTES:
                break
            envelopes.append(self._queue.popleft().encoded)
        return send_frame(envelopes)

    def _settle_one(self, result: SendResult) -> None:
        entry = self._pending.get(result.message_id)
        if entry is None:
            return
        kind = result.WhichOneof("outcome")
        if kind == "accepted" or kind == "duplicate":
            self._backoff.reset()
            self._forget(entry)
            if not entry.outcome.done():
                entry.outcome.set_result(_outcome(result, kind == "duplicate"))
            return
        error = from_status(result.error) if kind == "error" else missing("outcome")
        if error.code is StatusCode.UNAVAILABLE:
            self._repeat_later(entry)
            return
        self._forget(entry)
        if not entry.outcome.done():
            entry.outcome.set_exception(error)

    def _taken_up(self, entry: _Pending, encoded: bytes) -> asyncio.Future[SendOutcome]:
        """A message that nobody waits for any more, as after a timeout, may be waited for anew."""
        if not entry.outcome.cancelled() or entry.encoded != encoded:
            raise AgentbusError(StatusCode.ALREADY_EXISTS, f"message {entry.message_id} is being sent already")
        entry.outcome = asyncio.get_running_loop().create_future()
        return entry.outcome

    def _forget(self, entry: _Pending) -> None:
        del self._pending[entry.message_id]
        self._total_bytes -= len(entry.encoded)

    def _repeat_later(self, entry: _Pending) -> None:
        self._postponed.append(entry)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self._backoff.next(), self._repeat_postponed)

    def _repeat_postponed(self) -> None:
        self._timer = None
        self._queue.extend(self._postponed)
        self._postponed.clear()
        self._changed()

    def _repeat_all(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._postponed.clear()
        self._queue = deque(self._pending.values())


def _outcome(result: SendResult, duplicate: bool) -> SendOutcome:
    said = result.duplicate if duplicate else result.accepted
    accepted_at = moment_of(said.accepted_time) if said.HasField("accepted_time") else None
    return SendOutcome(result.message_id, duplicate, accepted_at, tuple(said.recipients))
