"""Seconds and moments as the contract has them, and back."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_NANOS = 1_000_000_000


def duration(seconds: float) -> Duration:
    """Makes a duration, to the microsecond."""
    whole, micros = divmod(round(seconds * 1_000_000), 1_000_000)
    return Duration(seconds=whole, nanos=micros * 1_000)


def seconds_of(message: Duration) -> float:
    """The duration in seconds."""
    return message.seconds + message.nanos / _NANOS


def timestamp(moment: datetime) -> Timestamp:
    """Makes a timestamp of a moment that knows its time zone."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} does not say its time zone: datetime.now(timezone.utc) does")
    since = moment - _EPOCH
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1_000)


def moment_of(message: Timestamp) -> datetime:
    """The moment in UTC, to the microsecond; the first or the last that Python knows for one beyond.

    A sender's clock may say anything, and must not bring down who reads it.
    """
    try:
        return _EPOCH + timedelta(seconds=message.seconds, microseconds=message.nanos // 1_000)
    except OverflowError:
        return (datetime.max if message.seconds > 0 else datetime.min).replace(tzinfo=timezone.utc)
