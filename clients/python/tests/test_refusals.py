"""How an agent ends that cannot stay, by a bus that says what it is told."""

from __future__ import annotations

import asyncio
import threading

import pytest
from fake_bus import FakeBus, play

from agentbus import (
    Agent,
    AgentbusError,
    AgentState,
    IncomingTask,
    Message,
    StatusCode,
)


def test_a_refusal_in_the_same_moment_as_a_write_is_heard() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.start()
        stream = await bus.stream()
        await agent.ready()
        sending = asyncio.create_task(agent.send(Message("python://other")))
        stream.cut(StatusCode.PERMISSION_DENIED)
        with pytest.raises(AgentbusError) as raised:
            await sending
        assert raised.value.code is StatusCode.PERMISSION_DENIED

    # A race within gRPC, which lost it in some of the plays.
    for _ in range(10):
        play(story)


def test_handlers_have_stopped_when_a_refusal_ends_the_agent() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        started = asyncio.Event()
        stopped: list[AgentbusError | None] = []

        @agent.on_task
        async def work(task: IncomingTask) -> None:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.05)
                stopped.append(task.cancellation)

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        await started.wait()
        stream.cut(StatusCode.PERMISSION_DENIED)
        with pytest.raises(AgentbusError) as raised:
            await agent.wait_closed()
        assert stopped == [raised.value]
        assert agent.status.state is AgentState.FAILED

    play(story)


def test_a_plain_handler_does_not_keep_a_refused_agent_waiting() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        started, go_on = threading.Event(), threading.Event()

        @agent.on_task
        def work(task: IncomingTask) -> None:
            started.set()
            go_on.wait(10)

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        await asyncio.to_thread(started.wait, 5)
        stream.cut(StatusCode.PERMISSION_DENIED)
        with pytest.raises(AgentbusError):
            await asyncio.wait_for(agent.wait_closed(), 5)
        go_on.set()

    play(story)


def test_the_error_of_a_bus_that_was_never_ready_has_its_address() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.start()
        (await bus.unwelcomed()).cut(StatusCode.RESOURCE_EXHAUSTED)
        with pytest.raises(AgentbusError) as raised:
            await agent.ready()
        assert raised.value.code is StatusCode.UNAVAILABLE
        assert raised.value.message.count("http://127.0.0.1:") == 1
        assert "no" in raised.value.message

    play(story, connect_timeout=0.3)


@pytest.mark.parametrize("key", ["key\n", "ключ"])
def test_a_key_that_no_header_carries_is_refused_at_once_and_not_shown(key: str) -> None:
    with pytest.raises(AgentbusError) as raised:
        Agent("http://127.0.0.1:8080", api_key=key, agent_id="python://worker")
    assert raised.value.code is StatusCode.INVALID_ARGUMENT
    assert key.strip() not in raised.value.message.replace("api_key", "")
