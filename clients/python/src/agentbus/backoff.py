"""Waits before repeated tries."""

from __future__ import annotations

import random
from collections.abc import Callable

from agentbus import limits


class Backoff:
    """Exponential backoff with full jitter.

    Each wait is drawn evenly between 0 and a bound that doubles, so that clients which lost the same bus do not come
    back in step.
    """

    def __init__(
        self,
        first: float = limits.FIRST_BACKOFF,
        last: float = limits.LAST_BACKOFF,
        *,
        draw: Callable[[], float] = random.random,
    ) -> None:
        """Bounds are in seconds; `draw` returns a number from 0 to 1."""
        self._first = first
        self._last = last
        self._draw = draw
        self._bound = first

    def next(self) -> float:
        """How long to wait before the next try, in seconds."""
        delay = self._draw() * min(self._bound, self._last)
        self._bound = min(self._bound * 2, self._last)
        return delay

    def reset(self) -> None:
        """Starts over, after a success."""
        self._bound = self._first
