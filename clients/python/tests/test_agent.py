"""What an agent does on its stream when things happen at bad moments, by a bus that says what it is told."""

from __future__ import annotations

import asyncio

from fake_bus import BUS, NOTIFICATION, FakeBus, play

from agentbus import (
    Agent,
    AgentbusError,
    IncomingMessage,
    IncomingTask,
    Message,
    StatusCode,
)
from agentbus.v1.agent_stream_pb2 import AgentStreamResponse, DeliveryFrame, Welcome
from agentbus.v1.delivery_pb2 import Delivery


def test_a_task_is_acknowledged_only_when_its_answer_is_on_disk() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.on_task(lambda task: {"id": task.task_id})
        agent.start()
        stream = await bus.stream()
        assert stream.hello.confirm_settlements
        assert not stream.hello.send_only
        stream.deliver("d-1", "t-1")
        envelope = (await stream.next("send")).messages[0]
        assert (envelope.correlation_id, envelope.recipient.agent_id) == ("t-1", "tester://boss")
        assert stream.frames.empty()
        stream.accept(envelope.message_id)
        assert list((await stream.next("ack")).delivery_ids) == ["d-1"]

    play(story)


def test_a_redelivery_while_the_handler_runs_is_settled_by_its_end() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        started, go_on = asyncio.Event(), asyncio.Event()
        handled: list[str] = []

        @agent.on_task
        async def work(task: IncomingTask) -> None:
            handled.append(task.task_id)
            started.set()
            await go_on.wait()

        agent.start()
        first = await bus.stream()
        first.deliver("d-1", "t-1")
        await started.wait()
        first.cut()
        second = await bus.stream()
        assert second.hello.instance_id == first.hello.instance_id
        second.deliver("d-2", "t-1")
        go_on.set()
        await second.answer()
        assert list((await second.next("ack")).delivery_ids) == ["d-2"]
        assert handled == ["t-1"]

    play(story)


def test_a_message_whose_acknowledgement_was_lost_is_not_handled_again() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        handled: list[str] = []

        @agent.on_message
        async def hear(message: IncomingMessage) -> None:
            handled.append(message.message_id)

        agent.start()
        first = await bus.stream()
        first.deliver("d-1", "m-1", kind=NOTIFICATION)
        await first.next("ack")
        first.cut()
        second = await bus.stream()
        second.deliver("d-2", "m-1", kind=NOTIFICATION)
        assert list((await second.next("ack")).delivery_ids) == ["d-2"]
        second.confirm("d-2")
        # Forgotten with the confirmation: the same message would be another one now.
        second.deliver("d-3", "m-1", kind=NOTIFICATION)
        await second.next("ack")
        assert handled == ["m-1", "m-1"]

    play(story)


def test_a_stale_extension_of_a_young_lease_takes_the_task_away() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        cancelled: asyncio.Queue[AgentbusError | None] = asyncio.Queue()

        @agent.on_task
        async def work(task: IncomingTask) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.put_nowait(task.cancellation)

        agent.start()
        stream = await bus.stream(interval=0.06)
        stream.deliver("d-1", "t-1")
        assert list((await stream.next("extend")).delivery_ids) == ["d-1"]
        stream.confirm(stale=("d-1",))
        error = await asyncio.wait_for(cancelled.get(), 5)
        assert error is not None
        assert (error.code, error.reason, dict(error.facts)) == (StatusCode.ABORTED, None, {"task_id": "t-1"})

    play(story)


def test_nothing_is_sent_for_a_task_that_was_called_off() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        refused: asyncio.Queue[AgentbusError] = asyncio.Queue()

        @agent.on_task
        async def work(task: IncomingTask) -> dict[str, str]:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                try:
                    await task.send(Message("python://other"))
                except AgentbusError as error:
                    refused.put_nowait(error)
            return {"too": "late"}

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        stream.call_off("d-2", "t-1")
        assert list((await stream.next("ack")).delivery_ids) == ["d-2"]
        error = await asyncio.wait_for(refused.get(), 5)
        assert (error.reason, error.facts["cause"]) == ("TASK_CANCELLED", "CANCELLED")
        # The next thing that it says is about something else.
        stream.deliver("d-3", "m-1", kind=NOTIFICATION)
        reject = await stream.next("reject")
        assert (list(reject.delivery_ids), reject.drop) == (["d-3"], True)
        assert reject.reason == "the agent has no handler for NOTIFICATION"

    play(story)


def test_news_of_an_attempt_do_not_hit_the_next_one() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        stopped: list[int] = []
        go_on = asyncio.Event()

        @agent.on_task
        async def work(task: IncomingTask) -> dict[str, int]:
            assert task.accepted_at is not None
            second = task.accepted_at.second
            try:
                await go_on.wait()
            except asyncio.CancelledError:
                stopped.append(second)
                raise
            return {"attempt": second}

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1", accepted_at=1)
        stream.deliver("d-2", "t-1", accepted_at=3)
        news = {"event": "task_withdrawn", "delegator": "tester://boss", "task_id": "t-1"}
        stream.deliver("d-3", "n-1", kind=NOTIFICATION, sender=BUS, payload=news, correlation_id="t-1", accepted_at=2)
        await stream.next("ack")
        go_on.set()
        assert (await stream.answer()).payload.fields["attempt"].number_value == 3
        assert list((await stream.next("ack")).delivery_ids) == ["d-2"]
        assert stopped == [1]

    play(story)


def test_a_new_attempt_of_a_task_that_was_handled_is_handled_anew() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.on_task(lambda task: None)
        agent.start()
        stream = await bus.stream()
        for delivery_id, accepted_at in (("d-1", 1), ("d-2", 2)):
            # The acknowledgement of the first is not confirmed when the second comes.
            stream.deliver(delivery_id, "t-1", accepted_at=accepted_at)
            await stream.answer()
            assert list((await stream.next("ack")).delivery_ids) == [delivery_id]
        stream.deliver("d-3", "t-1", accepted_at=2)
        assert list((await stream.next("ack")).delivery_ids) == ["d-3"]

    play(story)


def test_a_newer_bus_is_understood_as_far_as_this_client_can() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.on_task(lambda task: {"priority": task.priority.name})
        agent.start()
        stream = await bus.unwelcomed()
        # Without limits, and with an interval of nothing.
        welcome = Welcome(connection_id="conn")
        welcome.heartbeat_interval.SetInParent()
        stream.say(welcome=welcome)
        # Field 1023 of a frame, a message of type 99, and answers to what nobody asked.
        stream.outgoing.put_nowait(AgentStreamResponse.FromString(b"\xfa\x3f\x01A"))
        strange, task = Delivery(delivery_id="d-1"), Delivery(delivery_id="d-2")
        strange.message.message_id, task.message.message_id = "m-1", "t-1"
        strange.message.message_type = 99  # type: ignore[assignment]
        task.message.message_type = 1  # type: ignore[assignment]
        task.message.priority = 77  # type: ignore[assignment]
        task.message.timestamp.seconds = 10**13
        stream.say(delivery=DeliveryFrame(deliveries=[strange, task]))
        stream.accept("nobody's")
        stream.confirm("nobody's")
        assert (await stream.next("reject")).reason == "the agent has no handler for 99"
        assert (await stream.answer()).payload.fields["priority"].string_value == "77"
        assert list((await stream.next("ack")).delivery_ids) == ["d-2"]
        await asyncio.sleep(0.1)
        assert stream.frames.empty()

    play(story)


def test_one_delivery_that_comes_twice_in_a_frame_is_handled_once() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        handled: list[str] = []
        agent.on_task(lambda task: handled.append(task.task_id))
        agent.start()
        stream = await bus.stream()
        delivery = Delivery(delivery_id="d-1")
        delivery.message.message_id = "t-1"
        delivery.message.message_type = 1  # type: ignore[assignment]
        stream.say(delivery=DeliveryFrame(deliveries=[delivery, delivery]))
        await stream.answer()
        assert list((await stream.next("ack")).delivery_ids) == ["d-1"]
        assert handled == ["t-1"]

    play(story)


def test_an_acknowledgement_that_came_too_late_is_given_again() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        handled: list[str] = []
        agent.on_message(lambda message: handled.append(message.message_id))
        agent.start()
        stream = await bus.stream()
        for delivery_id in ("d-1", "d-2"):
            stream.deliver(delivery_id, "m-1", kind=NOTIFICATION)
            assert list((await stream.next("ack")).delivery_ids) == [delivery_id]
            stream.confirm(stale=(delivery_id,))
        assert handled == ["m-1"]
        # Nothing is waited for: what is stale is answered as well.
        draining = asyncio.create_task(agent.drain())
        await stream.ended()
        stream.cut()
        await draining

    play(story)
