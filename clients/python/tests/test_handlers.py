"""What handlers do, and what is made of it, by a bus that says what it is told."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from fake_bus import NOTIFICATION, FakeBus, play

from agentbus import (
    Agent,
    Binary,
    IncomingMessage,
    IncomingTask,
    NewTask,
    Reject,
    RetryLater,
    StatusCode,
)


def test_a_plain_handler_does_not_hold_up_the_loop_and_may_wait_for_coroutines() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        go_on = threading.Event()

        @agent.on_task
        def work(task: IncomingTask) -> dict[str, str]:
            task.call(task.progress(50, "half"))
            go_on.wait(5)
            return {"thread": threading.current_thread().name}

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        report = await stream.answer()
        assert report.payload.fields["progress"].number_value == 50
        go_on.set()
        response = await stream.answer()
        assert response.payload.fields["thread"].string_value.startswith("agentbus")

    play(story)


def test_a_result_that_is_no_json_fails_the_task() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        @agent.on_task
        async def work(task: IncomingTask) -> Any:
            if task.task_id == "t-4":
                raise FileNotFoundError("no file \udcff")
            results: list[Any] = [{"bad": object()}, ["no object"], Binary("no bytes", "text/plain")]  # type: ignore[arg-type]
            return results[int(task.task_id[-1]) - 1]

        agent.start()
        stream = await bus.stream()
        reasons = []
        for number in (1, 2, 3, 4):
            stream.deliver(f"d-{number}", f"t-{number}")
            payload = (await stream.answer()).payload
            assert payload.fields["status"].string_value == "failed"
            reasons.append(payload.fields["error"].struct_value.fields["reason"].string_value)
            await stream.next("ack")
        assert reasons == ["INVALID_ARGUMENT", "TypeError", "TypeError", "FileNotFoundError"]

    play(story)


def test_an_answer_waits_for_room_in_the_mailbox_of_the_delegator() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.on_task(lambda task: None)
        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        for _ in range(3):
            message_id = (await stream.next("send")).messages[0].message_id
            stream.refuse(message_id, StatusCode.RESOURCE_EXHAUSTED, "MAILBOX_FULL")
        envelope = await stream.answer()
        assert envelope.correlation_id == "t-1"
        assert list((await stream.next("ack")).delivery_ids) == ["d-1"]

    play(story)


def test_call_is_not_for_coroutines() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        @agent.on_task
        async def work(task: IncomingTask) -> None:
            task.call(task.progress(50))

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        error = (await stream.answer()).payload.fields["error"].struct_value.fields
        assert error["reason"].string_value == "RuntimeError"

    play(story)


def test_as_many_plain_handlers_as_there_is_credit_run_at_once_and_their_leases_are_extended() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        extended = threading.Event()
        together = threading.Barrier(16)

        @agent.on_message
        def hear(message: IncomingMessage) -> None:
            together.wait(5)
            extended.wait(5)

        agent.start()
        stream = await bus.stream(interval=0.3)
        delivery_ids = [f"d-{number}" for number in range(16)]
        for delivery_id in delivery_ids:
            stream.deliver(delivery_id, delivery_id, kind=NOTIFICATION)
        # Beats may come while some are still to be delivered.
        while sorted((await stream.next("extend")).delivery_ids) != sorted(delivery_ids):
            pass
        extended.set()
        acknowledged = 0
        while acknowledged < 16:
            frame = await asyncio.wait_for(stream.frames.get(), 5)
            acknowledged += len(frame.ack.delivery_ids) if frame else 0

    play(story)


def test_a_plain_handler_that_was_called_off_while_it_waited_for_a_thread_does_not_begin() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        started, go_on = threading.Event(), threading.Event()
        begun: list[str] = []

        @agent.on_task
        def work(task: IncomingTask) -> None:
            begun.append(task.task_id)
            started.set()
            go_on.wait(5)

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        await asyncio.to_thread(started.wait, 5)
        for number in (1, 2):
            stream.deliver(f"d-{number}", f"t-{number}")
            stream.call_off(f"n-{number}", f"t-{number}")
            await stream.next("ack")
        go_on.set()
        stream.deliver("d-3", "t-3")
        assert (await stream.answer()).correlation_id == "t-3"
        assert begun == ["t-1", "t-3"]

    play(story, max_in_flight=1)


def test_a_handler_that_does_not_stop_has_its_outcome_sent_when_the_agent_closes() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        started = asyncio.Event()

        @agent.on_task
        async def work(task: IncomingTask) -> dict[str, str]:
            started.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                # What it does afterwards is not hit by the cancellation again.
                await task.delegate(NewTask("python://other"))
            return {"done": "all the same"}

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        await started.wait()
        closing = asyncio.create_task(agent.close())
        await stream.next("drain")
        assert (await stream.answer()).parent_task_id == "t-1"
        assert (await stream.answer()).correlation_id == "t-1"
        assert list((await stream.next("ack")).delivery_ids) == ["d-1"]
        stream.confirm("d-1")
        await stream.ended()
        stream.cut()
        await closing

    play(story)


def test_a_task_whose_failure_finds_no_room_goes_back_when_the_agent_closes() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.on_task(lambda task: None)
        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        stream.refuse((await stream.next("send")).messages[0].message_id, StatusCode.INVALID_ARGUMENT, "NO")
        failure = (await stream.next("send")).messages[0]
        closing = asyncio.create_task(agent.close(1))
        await stream.next("drain")
        stream.refuse(failure.message_id, StatusCode.RESOURCE_EXHAUSTED, "MAILBOX_FULL")
        assert not (await stream.next("reject")).drop
        await closing

    play(story)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: RetryLater("soon"), "ValueError"),  # type: ignore[arg-type]
        (lambda: RetryLater(None), "TypeError"),  # type: ignore[arg-type]
        (lambda: RetryLater(float("nan"), "not a number"), "not a number"),
        (lambda: Reject(FileNotFoundError("no file")), "no file"),  # type: ignore[arg-type]
    ],
)
def test_what_a_handler_says_wrong_does_not_leave_its_message_to_the_lease(make: Any, reason: str) -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        @agent.on_task
        async def work(task: IncomingTask) -> None:
            raise make()

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        if reason.endswith("Error"):
            error = (await stream.answer()).payload.fields["error"].struct_value.fields
            assert error["reason"].string_value == reason
        else:
            assert (await stream.next("reject")).reason == reason

    play(story)
