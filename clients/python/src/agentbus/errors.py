"""What goes wrong, and what a handler may say instead of a result."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from grpc import StatusCode


class AgentbusError(Exception):
    """A call or a message was refused, or the bus cannot be reached."""

    code: StatusCode
    """The gRPC status. Only `StatusCode.UNAVAILABLE` is worth repeating unchanged."""
    reason: str | None
    """Why, for programs: a name of the contract's `ErrorReason`; None if the bus did not say."""
    message: str
    """Why, for people."""
    facts: Mapping[str, str]
    """The facts that the contract documents for the reason, such as `limit` and `actual`."""

    def __init__(
        self,
        code: StatusCode,
        message: str,
        *,
        reason: str | None = None,
        facts: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.reason = reason
        self.message = message
        self.facts = dict(facts or {})

    def __str__(self) -> str:
        name = self.code.name if self.reason is None else f"{self.code.name}, {self.reason}"
        return f"{self.message} ({name})"

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({self.code.name}, {self.message!r}, reason={self.reason!r}, facts={self.facts!r})"
        )

    def __reduce__(self) -> tuple[Callable[..., AgentbusError], tuple[object, ...]]:
        # Errors cross the borders of processes, as those of a pool that does the work of a handler.
        return (_restore, (self.code, self.message, self.reason, self.facts))


def _restore(code: StatusCode, message: str, reason: str | None, facts: Mapping[str, str]) -> AgentbusError:
    return AgentbusError(code, message, reason=reason, facts=facts)


class RetryLater(Exception):
    """Raised by a handler that cannot do its work now: the message goes back and comes again.

    It comes to this or another instance. Each time counts as a delivery, of which a message has five.
    """

    delay: float
    """How long the message stays away: seconds, 0 to 86,400 (a day)."""
    reason: str
    """Why, for people; at most 1,024 bytes of it are kept."""

    def __init__(self, delay: float, reason: str = "the agent asked to retry later") -> None:
        # What is no number is better told where it is said; what is not above 0 is now.
        self.delay = max(0.0, float(delay))
        self.reason = str(reason)
        super().__init__(self.delay, self.reason)

    def __str__(self) -> str:
        return self.reason


class Reject(Exception):
    """Raised by a handler that gives its message up: it becomes a dead letter, and the attempt of a task has failed."""

    reason: str
    """Why, for whoever reads the dead letters; at most 1,024 bytes of it are kept."""

    def __init__(self, reason: str) -> None:
        self.reason = str(reason)
        super().__init__(self.reason)
