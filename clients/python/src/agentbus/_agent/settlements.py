"""Deliveries of one stream that are settled, and not confirmed yet."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from agentbus import limits
from agentbus._wire.frames import ack_frame, drop_frame, extend_frame, requeue_frame
from agentbus._wire.times import duration
from agentbus.v1.agent_stream_pb2 import SettleResultFrame


@dataclass(frozen=True)
class Acknowledge:
    """The message is done."""


@dataclass(frozen=True)
class Requeue:
    """The message goes back for so many seconds."""

    delay: float
    reason: str


@dataclass(frozen=True)
class Drop:
    """The message is given up."""

    reason: str


Disposition: TypeAlias = Acknowledge | Requeue | Drop
"""What becomes of a delivery."""

ACKNOWLEDGE = Acknowledge()


class Holder(Protocol):
    """Knows the deliveries that are being worked on."""

    def held(self) -> list[str]:
        """Their ids."""

    def kept(self, delivery_id: str) -> None:
        """The bus gave a delivery more time."""

    def lost(self, delivery_id: str) -> None:
        """The bus does not know a delivery as this stream's any more."""


@dataclass(slots=True, eq=False)
class _Unconfirmed:
    frames: int = 0
    """Frames with this id that the bus has not answered; an extension may be among them."""
    settled: bool = False
    durable: Callable[[], None] | None = None


class Settlements:
    """The lane of acknowledgements, rejections and extensions.

    The bus answers every id of every frame once, which tells confirmations of extensions and settlements apart.
    """

    def __init__(self, holder: Holder, changed: Callable[[], None]) -> None:
        """`changed` hears that there is something to say, or less to wait for."""
        self._holder = holder
        self._changed = changed
        self._unconfirmed: dict[str, _Unconfirmed] = {}
        self._settled = 0
        self._acknowledgements: list[str] = []
        self._rejections: deque[bytes] = deque()
        self._extension_due = False

    @property
    def unconfirmed(self) -> int:
        """Settled deliveries whose confirmation is still to come."""
        return self._settled

    def settle(self, delivery_id: str, disposition: Disposition, durable: Callable[[], None] | None = None) -> None:
        """Settles a delivery for good; `durable` is called when that is on disk, unless the bus had taken it away."""
        entry = self._expect_answer(delivery_id)
        self._settled += not entry.settled
        entry.settled = True
        entry.durable = durable
        if isinstance(disposition, Acknowledge):
            self._acknowledgements.append(delivery_id)
        else:
            self._rejections.append(_rejection(delivery_id, disposition))
        self._changed()

    def extend(self) -> None:
        """Asks for more time for all that is held when the frame is written."""
        self._extension_due = True
        self._changed()

    def confirm(self, result: SettleResultFrame) -> None:
        """Takes what the bus confirmed."""
        for delivery_id in result.delivery_ids:
            self._answered(delivery_id, stale=False)
        for delivery_id in result.stale_delivery_ids:
            self._answered(delivery_id, stale=True)
        self._changed()

    def online(self) -> None:
        self._forget_all()

    def offline(self) -> None:
        self._forget_all()

    def next(self) -> bytes | None:
        if self._acknowledgements:
            taken = self._acknowledgements[: limits.MAX_FRAME_DELIVERY_IDS]
            del self._acknowledgements[: limits.MAX_FRAME_DELIVERY_IDS]
            return ack_frame(taken)
        if self._rejections:
            return self._rejections.popleft()
        return self._next_extension() if self._extension_due else None

    def _next_extension(self) -> bytes | None:
        self._extension_due = False
        delivery_ids = self._holder.held()
        for delivery_id in delivery_ids:
            self._expect_answer(delivery_id)
        return extend_frame(delivery_ids) if delivery_ids else None

    def _expect_answer(self, delivery_id: str) -> _Unconfirmed:
        entry = self._unconfirmed.get(delivery_id)
        if entry is None:
            entry = self._unconfirmed[delivery_id] = _Unconfirmed()
        entry.frames += 1
        return entry

    def _answered(self, delivery_id: str, *, stale: bool) -> None:
        entry = self._unconfirmed.get(delivery_id)
        if entry is None:
            return
        entry.frames -= 1
        if entry.frames > 0:
            return
        del self._unconfirmed[delivery_id]
        if not entry.settled:
            (self._holder.lost if stale else self._holder.kept)(delivery_id)
            return
        self._settled -= 1
        if entry.durable is not None and not stale:
            entry.durable()

    def _forget_all(self) -> None:
        self._unconfirmed.clear()
        self._settled = 0
        self._acknowledgements.clear()
        self._rejections.clear()
        self._extension_due = False


def _rejection(delivery_id: str, disposition: Requeue | Drop) -> bytes:
    reason = _within_bytes(disposition.reason, limits.MAX_REASON_BYTES)
    if isinstance(disposition, Drop):
        return drop_frame(delivery_id, reason)
    delay = min(max(disposition.delay, 0.0), limits.MAX_REQUEUE_DELAY)
    return requeue_frame(delivery_id, duration(delay), reason)


def _within_bytes(text: str, limit: int) -> str:
    """Cuts a text to what the contract allows; half a character is left out."""
    return text.encode(errors="replace")[:limit].decode(errors="ignore")
