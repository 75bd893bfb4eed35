"""How an agent starts, loses its bus and leaves, by a bus that says what it is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fake_bus import NOTIFICATION, FakeBus, nothing_left, play

from agentbus import (
    Agent,
    AgentbusError,
    AgentState,
    AgentStatus,
    IncomingTask,
    Message,
    StatusCode,
)
from agentbus.v1.agent_stream_pb2 import ServerDrain


def test_close_cancels_handlers_and_gives_their_tasks_back() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        started = asyncio.Event()

        @agent.on_task
        async def work(task: IncomingTask) -> None:
            started.set()
            await asyncio.Event().wait()

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        await started.wait()
        closing = asyncio.create_task(agent.close())
        await stream.next("drain")
        # Sent before the bus knew that the agent leaves.
        stream.deliver("d-2", "t-2")
        given_back = [await stream.next("reject"), await stream.next("reject")]
        assert [frame.delivery_ids[0] for frame in given_back] == ["d-1", "d-2"]
        assert not any(frame.drop for frame in given_back)
        stream.confirm("d-1", "d-2")
        await stream.ended()
        stream.cut()
        await closing

    play(story)


def test_handlers_that_are_set_late_open_a_stream_that_takes_mail() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.start()
        first = await bus.stream()
        assert first.hello.send_only
        await agent.ready()
        agent.on_task(lambda task: None)
        await first.ended()
        first.cut()
        assert not (await bus.stream()).hello.send_only

    play(story)


def test_an_agent_that_is_not_started_says_so() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        with pytest.raises(RuntimeError, match="not started"):
            await agent.send(Message("python://other"))

    play(story)


def test_a_status_handler_that_raises_does_not_end_the_agent() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        complaints: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))

        @agent.on_status
        def hear(status: AgentStatus) -> None:
            raise ValueError(status.state)

        agent.on_task(lambda task: None)
        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        await stream.answer()
        raised = [complaint["exception"].args[0] for complaint in complaints]
        assert raised == [AgentState.CONNECTING, AgentState.ONLINE]

    play(story)


def test_a_drain_before_the_welcome_is_said_after_it() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.on_task(lambda task: None)
        agent.start()
        stream = await bus.unwelcomed()
        sending = asyncio.create_task(agent.send(Message("python://other")))
        await asyncio.sleep(0)
        draining = asyncio.create_task(agent.drain())
        await asyncio.sleep(0)
        stream.welcome()
        await stream.next("drain")
        await stream.answer()
        await stream.ended()
        stream.cut()
        await asyncio.gather(sending, draining)

    play(story)


def test_handlers_that_are_set_between_two_streams_cost_no_third() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        lost = asyncio.Event()

        @agent.on_status
        def hear(status: AgentStatus) -> None:
            if status.state is AgentState.WAITING:
                lost.set()

        agent.start()
        first = await bus.stream()
        await agent.ready()
        first.cut()
        await lost.wait()
        agent.on_message(lambda message: None)
        second = await bus.stream()
        assert not second.hello.send_only
        for number in (1, 2):
            second.deliver(f"d-{number}", f"m-{number}", kind=NOTIFICATION)
            assert list((await second.next("ack")).delivery_ids) == [f"d-{number}"]
            second.confirm(f"d-{number}")

    play(story)


def test_an_agent_that_has_left_does_not_come_back() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.start()
        stream = await bus.stream()
        closing = asyncio.create_task(agent.close())
        await stream.ended()
        stream.cut()
        await closing
        await agent.close()
        for again in (agent.__aenter__(), agent.run(), agent.send(Message("python://other"))):
            with pytest.raises(AgentbusError) as raised:
                await again
            assert raised.value.code is StatusCode.CANCELLED

    play(story)


def test_no_task_is_left_when_connecting_is_cut_short() -> None:
    async def connect() -> None:
        # Reserved for documentation: nobody answers there.
        agent = Agent("http://192.0.2.1:1", api_key="key", agent_id="python://worker")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(agent.run(), 0.05)
        assert agent.status.state is AgentState.CLOSED
        await nothing_left()

    asyncio.run(connect())


def test_what_is_not_awaited_is_no_coroutine() -> None:
    async def hear(_: Any) -> None:
        raise AssertionError

    agent = Agent("http://127.0.0.1:8080", api_key="key", agent_id="python://worker")
    for decorate in (agent.on_status, agent.on_receipt):
        with pytest.raises(TypeError):
            decorate(hear)  # type: ignore[arg-type]


def test_asked_by_the_bus_to_leave_it_finishes_its_work_first() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        started, go_on = asyncio.Event(), asyncio.Event()

        @agent.on_task
        async def work(task: IncomingTask) -> None:
            started.set()
            await go_on.wait()

        agent.start()
        first = await bus.stream()
        first.deliver("d-1", "t-1")
        await started.wait()
        first.say(drain=ServerDrain())
        go_on.set()
        await first.answer()
        await first.next("ack")
        first.confirm("d-1")
        await first.ended()
        first.cut()
        second = await bus.stream()
        second.deliver("d-2", "t-2")
        assert (await second.answer()).correlation_id == "t-2"

    play(story)


def test_a_stream_that_is_lost_in_a_drain_is_opened_again_for_what_is_unanswered_alone() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.on_task(lambda task: None)
        agent.start()
        first = await bus.stream()
        sending = asyncio.create_task(agent.send(Message("python://other")))
        await first.next("send")
        draining = asyncio.create_task(agent.drain())
        await first.next("drain")
        first.cut()
        second = await bus.stream()
        assert second.hello.send_only
        await second.next("drain")
        await second.answer()
        await second.ended()
        second.cut()
        await asyncio.gather(sending, draining)

    play(story)
