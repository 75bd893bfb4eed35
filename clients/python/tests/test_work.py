"""Leases, extensions and settlements, by a clock that the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from agentbus import Message, SendOutcome
from agentbus._agent.run import Run
from agentbus._agent.settlements import ACKNOWLEDGE, Disposition, Drop, Requeue, Settlements
from agentbus._agent.work import Work
from agentbus.v1.agent_stream_pb2 import AgentStreamRequest, SettleResultFrame
from agentbus.v1.delivery_pb2 import Delivery
from agentbus.v1.envelope_pb2 import MESSAGE_TYPE_TASK_REQUEST, Envelope, Sender


class Bench:
    """Work whose one task holds until it is told to go on."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.go_on = asyncio.Event()
        self.idle = asyncio.Event()
        self.runs: list[Run] = []
        self.work = Work(
            handle=self.handle,
            send=self.send,
            is_leaving=lambda: False,
            changed=self.changed,
            clock=lambda: self.now,
        )
        self.work.leased(30)
        self.work.lane.online()
        message = Envelope(
            message_id="t-1", message_type=MESSAGE_TYPE_TASK_REQUEST, sender=Sender(agent_id="tester://boss")
        )
        self.work.receive([Delivery(delivery_id="d-1", attempt=1, message=message)])

    async def handle(self, run: Run) -> Disposition:
        self.runs.append(run)
        await self.go_on.wait()
        return ACKNOWLEDGE

    def changed(self) -> None:
        if not self.work.running:
            self.idle.set()

    async def send(self, message: Message) -> SendOutcome:
        raise AssertionError(message)

    def extend(self) -> None:
        """Asks for more time, as a beat does."""
        self.work.lane.extend()
        frame = AgentStreamRequest.FromString(self.work.lane.next() or b"")
        assert list(frame.extend.delivery_ids) == ["d-1"]

    def stale(self) -> None:
        """The bus does not know the delivery any more."""
        self.work.lane.confirm(SettleResultFrame(stale_delivery_ids=["d-1"]))


def play(story: Callable[[Bench], Awaitable[None]]) -> None:
    async def act() -> None:
        bench = Bench()
        await asyncio.sleep(0)
        await story(bench)
        bench.go_on.set()
        await bench.idle.wait()

    asyncio.run(act())


def test_a_young_lease_that_is_lost_was_taken_away() -> None:
    async def story(bench: Bench) -> None:
        bench.now += 29
        bench.extend()
        bench.stale()
        assert bench.runs[0].is_withdrawn
        assert bench.runs[0].cancellation is not None

    play(story)


def test_after_a_lease_that_may_have_run_out_the_work_goes_on() -> None:
    async def story(bench: Bench) -> None:
        bench.now += 29
        bench.extend()
        bench.now += 2
        bench.stale()
        assert not bench.runs[0].is_withdrawn
        assert bench.work.held() == []

    play(story)


def test_an_extended_lease_counts_from_when_it_was_asked_for() -> None:
    async def story(bench: Bench) -> None:
        bench.extend()
        bench.now += 20
        bench.work.lane.confirm(SettleResultFrame(delivery_ids=["d-1"]))
        bench.extend()
        bench.now += 15
        bench.stale()
        # Asked for at 0, though the answer came at 20: at 35 it may have run out.
        assert not bench.runs[0].is_withdrawn

    play(story)


class Nobody:
    """Holds one delivery."""

    def held(self) -> list[str]:
        return ["d-1"]

    def kept(self, delivery_id: str) -> None:
        raise AssertionError(delivery_id)

    def lost(self, delivery_id: str) -> None:
        raise AssertionError(delivery_id)


def test_the_settlement_of_a_delivery_is_told_from_its_extension() -> None:
    lane = Settlements(Nobody(), lambda: None)
    durable: list[str] = []
    lane.extend()
    lane.next()
    lane.settle("d-1", ACKNOWLEDGE, lambda: durable.append("d-1"))
    lane.confirm(SettleResultFrame(delivery_ids=["d-1"]))
    assert (lane.unconfirmed, durable) == (1, [])
    lane.confirm(SettleResultFrame(delivery_ids=["d-1"]))
    assert (lane.unconfirmed, durable) == (0, ["d-1"])


def test_acknowledgements_travel_together() -> None:
    lane = Settlements(Nobody(), lambda: None)
    for number in range(10_001):
        lane.settle(f"d-{number}", ACKNOWLEDGE)
    sizes = []
    while (frame := lane.next()) is not None:
        sizes.append(len(AgentStreamRequest.FromString(frame).ack.delivery_ids))
    assert sizes == [10_000, 1]


@pytest.mark.parametrize(("delay", "seconds"), [(-1.0, 0), (0.5, 0.5), (1e9, 86_400)])
def test_delays_are_the_nearest_that_the_contract_allows(delay: float, seconds: float) -> None:
    lane = Settlements(Nobody(), lambda: None)
    lane.settle("d-1", Requeue(delay, "busy"))
    reject = AgentStreamRequest.FromString(lane.next() or b"").reject
    assert reject.requeue_delay.ToMilliseconds() == seconds * 1000


def test_reasons_are_cut_between_characters() -> None:
    lane = Settlements(Nobody(), lambda: None)
    lane.settle("d-1", Drop("x" + "ß" * 1_000))
    reject = AgentStreamRequest.FromString(lane.next() or b"").reject
    assert reject.reason == "x" + "ß" * 511


def test_a_delivery_that_is_settled_twice_is_waited_for_once() -> None:
    lane = Settlements(Nobody(), lambda: None)
    for _ in range(2):
        lane.settle("d-1", ACKNOWLEDGE)
    lane.confirm(SettleResultFrame(delivery_ids=["d-1", "d-1"]))
    assert lane.unconfirmed == 0
