"""The words of the contract that are one of a few, under their names there and without its prefixes."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TypeVar

_Word = TypeVar("_Word", bound="_OpenEnum")


class _OpenEnum(IntEnum):
    """An enum that takes what a newer bus may say: such a value is named by its number."""

    @classmethod
    def _missing_(cls: type[_Word], value: object) -> _Word | None:
        if not isinstance(value, int):
            return None
        word = int.__new__(cls, value)
        word._name_ = str(value)
        word._value_ = value
        return word


class MessageType(_OpenEnum):
    """What a message means to the bus."""

    UNSPECIFIED = 0
    TASK_REQUEST = 1
    TASK_RESPONSE = 2
    STATUS_UPDATE = 3
    ERROR = 4
    HEARTBEAT = 5
    NOTIFICATION = 6


class Priority(_OpenEnum):
    """How urgent a message is among those that wait in one mailbox. UNSPECIFIED counts as MEDIUM."""

    UNSPECIFIED = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4


class RetryBackoff(_OpenEnum):
    """How the wait before a retry of a task grows. UNSPECIFIED counts as NONE."""

    UNSPECIFIED = 0
    NONE = 1
    LINEAR = 2
    EXPONENTIAL = 3


class Replies(_OpenEnum):
    """Where the answer to a task goes: also into the mailbox of whoever asked, or to the session's followers alone."""

    UNSPECIFIED = 0
    MAILBOX = 1
    SESSION = 2


class MessageState(_OpenEnum):
    """Where a message is on its way."""

    UNSPECIFIED = 0
    QUEUED = 1
    DELIVERED = 2
    ACKNOWLEDGED = 3
    EXPIRED = 4
    DEAD_LETTERED = 5
    WITHDRAWN = 6


class TaskStatus(_OpenEnum):
    """Where a task stands."""

    UNSPECIFIED = 0
    QUEUED = 1
    DELIVERED = 2
    WORKING = 3
    COMPLETED = 4
    FAILED = 5
    TIMED_OUT = 6
    CANCELLED = 7


class SessionState(_OpenEnum):
    """Whether a session is under way."""

    UNSPECIFIED = 0
    ACTIVE = 1
    COMPLETED = 2
    TERMINATED = 3


class ParticipantStatus(_OpenEnum):
    """Whether an agent of a roster takes part."""

    UNSPECIFIED = 0
    ACTIVE = 1
    REMOVED = 2


class WorkflowMode(_OpenEnum):
    """Whether a workflow moves by itself as its tasks end. UNSPECIFIED counts as AUTOMATIC."""

    UNSPECIFIED = 0
    AUTOMATIC = 1
    MANUAL = 2


class StepStatus(_OpenEnum):
    """Where a step of a workflow stands."""

    UNSPECIFIED = 0
    PENDING = 1
    IN_PROGRESS = 2
    COMPLETED = 3
    FAILED = 4
    SKIPPED = 5


class StepFailurePolicy(_OpenEnum):
    """What follows when a step fails and nobody says. UNSPECIFIED counts as HOLD."""

    UNSPECIFIED = 0
    HOLD = 1
    SKIP = 2
    STOP = 3


class AggregationMethod(_OpenEnum):
    """How the answers in a session become one result."""

    UNSPECIFIED = 0
    CONSENSUS = 1
    CONFIDENCE_WEIGHTED = 2
    SPECIALIST_PRIORITY = 3
    MANUAL = 4


class AgentPresence(_OpenEnum):
    """Whether an agent is there, as the bus sees it."""

    UNSPECIFIED = 0
    ONLINE = 1
    SLOW = 2
    OFFLINE = 3


class AgentState(str, Enum):
    """Where the connection of an agent stands."""

    CONNECTING = "connecting"
    """A stream is being opened."""
    ONLINE = "online"
    """The bus has welcomed the agent."""
    WAITING = "waiting"
    """The stream is lost; another will be opened after a wait."""
    DRAINING = "draining"
    """The agent takes no more work and finishes what it has."""
    CLOSED = "closed"
    """The agent has left as it was told to."""
    FENCED = "fenced"
    """Another process took this instance's place. Final."""
    FAILED = "failed"
    """The bus refuses the agent, or was not found. Final."""
