"""Waits are drawn between 0 and a bound that doubles."""

from agentbus import Backoff


def test_bound_doubles_up_to_the_last() -> None:
    backoff = Backoff(0.2, 1.0, draw=lambda: 1.0)
    assert [backoff.next() for _ in range(5)] == [0.2, 0.4, 0.8, 1.0, 1.0]


def test_reset_starts_over() -> None:
    backoff = Backoff(0.2, 1.0, draw=lambda: 1.0)
    backoff.next()
    backoff.next()
    backoff.reset()
    assert backoff.next() == 0.2


def test_full_jitter() -> None:
    backoff = Backoff(0.2, 1.0, draw=lambda: 0.0)
    assert backoff.next() == 0.0
    assert 0.0 <= Backoff().next() <= 0.2
