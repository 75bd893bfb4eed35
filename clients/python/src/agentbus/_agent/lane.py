"""Sources of frames for a stream."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol


class Lane(Protocol):
    """Keeps what is to be said and puts it into a frame only when the stream can take one.

    So what piles up while the stream is busy travels together.
    """

    def online(self) -> None:
        """A stream is welcomed: nothing was said on it yet."""

    def offline(self) -> None:
        """The stream is gone, with whatever was unanswered on it."""

    def next(self) -> bytes | None:
        """The next frame, encoded; None if there is nothing to say."""


class OnceLane:
    """Says one kind of frame when it is asked to: once, however often it is asked before the stream takes it."""

    def __init__(self, make_frame: Callable[[], bytes], changed: Callable[[], None]) -> None:
        """`make_frame` is called when the stream takes the frame, so that it tells the newest facts."""
        self._make_frame = make_frame
        self._changed = changed
        self._due = False

    def ask(self) -> None:
        """Says the frame on the stream that is open, if one is."""
        self._due = True
        self._changed()

    def online(self) -> None:
        self._due = False

    def offline(self) -> None:
        self._due = False

    def next(self) -> bytes | None:
        if not self._due:
            return None
        self._due = False
        return self._make_frame()
