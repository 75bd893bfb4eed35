"""What an agent does on its stream when things happen at bad moments, by a bus that says what it is told."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from fake_bus import NOTIFICATION, FakeBus, FakeStream, play

from agentbus import (
    Agent,
    AgentbusError,
    AgentState,
    AgentStatus,
    Binary,
    IncomingMessage,
    IncomingTask,
    Message,
    StatusCode,
)
from agentbus.v1.agent_stream_pb2 import ErrorStatus, SendResult, SendResultFrame

BUS = "agentbus://bus"


async def answer(stream: FakeStream) -> Any:
    """Takes the answer to a task and puts it on disk."""
    envelope = (await stream.next("send")).messages[0]
    stream.accept(envelope.message_id)
    return envelope


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
        await answer(second)
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


def test_what_is_unanswered_goes_out_again_with_the_same_bytes_in_the_same_order() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.start()
        first = await bus.stream()
        assert first.hello.send_only
        sending = [asyncio.create_task(agent.send(Message("python://other", {"n": n}))) for n in range(100)]
        sent = list((await first.next("send")).messages)
        assert len(sent) <= 64
        while len(sent) < 100:
            sent += (await first.next("send")).messages
        first.accept(sent[0].message_id)
        await sending[0]
        first.cut()
        second = await bus.stream()
        again: list[Any] = []
        while len(again) < 99:
            again += (await second.next("send")).messages
        assert again == sent[1:]
        second.accept(*(envelope.message_id for envelope in again))
        await asyncio.gather(*sending)

    play(story)


def test_what_the_bus_could_not_take_goes_out_again_and_what_it_refuses_fails() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        def result(message_id: str, code: StatusCode) -> SendResultFrame:
            error = ErrorStatus(code=code.value[0], message="no")
            return SendResultFrame(results=[SendResult(message_id=message_id, error=error)])

        agent.start()
        stream = await bus.stream()
        sending = asyncio.create_task(agent.send(Message("python://other")))
        message_id = (await stream.next("send")).messages[0].message_id
        stream.say(send_result=result(message_id, StatusCode.UNAVAILABLE))
        assert (await stream.next("send")).messages[0].message_id == message_id
        stream.say(send_result=result(message_id, StatusCode.NOT_FOUND))
        with pytest.raises(AgentbusError) as raised:
            await sending
        assert raised.value.code is StatusCode.NOT_FOUND

    play(story)


def test_too_many_unanswered_messages_fail_at_once() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.start()
        sending = [
            asyncio.create_task(agent.send(Message("python://other", data=b"\0" * 4_000_000))) for _ in range(17)
        ]
        with pytest.raises(AgentbusError) as raised:
            await sending[16]
        assert (raised.value.code, raised.value.reason) == (StatusCode.RESOURCE_EXHAUSTED, None)
        await agent.close(0)
        outcomes = await asyncio.gather(*sending[:16], return_exceptions=True)
        assert {getattr(outcome, "code", None) for outcome in outcomes} == {StatusCode.CANCELLED}

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
        news = {"event": "task_cancelled", "delegator": "tester://boss", "task_id": "t-1", "code": "CANCELLED"}
        stream.deliver("d-2", "n-1", kind=NOTIFICATION, sender=BUS, payload=news, correlation_id="t-1", accepted_at=2)
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
        assert (await answer(stream)).payload.fields["attempt"].number_value == 3
        assert list((await stream.next("ack")).delivery_ids) == ["d-2"]
        assert stopped == [1]

    play(story)


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
        report = await answer(stream)
        assert report.payload.fields["progress"].number_value == 50
        go_on.set()
        response = await answer(stream)
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
            payload = (await answer(stream)).payload
            assert payload.fields["status"].string_value == "failed"
            reasons.append(payload.fields["error"].struct_value.fields["reason"].string_value)
            await stream.next("ack")
        assert reasons == ["INVALID_ARGUMENT", "TypeError", "TypeError", "FileNotFoundError"]

    play(story)


def test_the_wait_for_a_full_mailbox_ends_when_the_agent_closes() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.on_task(lambda task: None)
        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        for _ in range(3):
            message_id = (await stream.next("send")).messages[0].message_id
            error = ErrorStatus(code=StatusCode.RESOURCE_EXHAUSTED.value[0], message="full")
            error.info.reason = "MAILBOX_FULL"
            stream.say(send_result=SendResultFrame(results=[SendResult(message_id=message_id, error=error)]))
        envelope = await answer(stream)
        assert envelope.correlation_id == "t-1"
        assert list((await stream.next("ack")).delivery_ids) == ["d-1"]

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


def test_call_is_not_for_coroutines() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        @agent.on_task
        async def work(task: IncomingTask) -> None:
            task.call(task.progress(50))

        agent.start()
        stream = await bus.stream()
        stream.deliver("d-1", "t-1")
        error = (await answer(stream)).payload.fields["error"].struct_value.fields
        assert error["reason"].string_value == "RuntimeError"

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
        await answer(stream)
        raised = [complaint["exception"].args[0] for complaint in complaints]
        assert raised == [AgentState.CONNECTING, AgentState.ONLINE]

    play(story)


def test_a_new_attempt_of_a_task_that_was_handled_is_handled_anew() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.on_task(lambda task: None)
        agent.start()
        stream = await bus.stream()
        for delivery_id, accepted_at in (("d-1", 1), ("d-2", 2)):
            # The acknowledgement of the first is not confirmed when the second comes.
            stream.deliver(delivery_id, "t-1", accepted_at=accepted_at)
            await answer(stream)
            assert list((await stream.next("ack")).delivery_ids) == [delivery_id]
        stream.deliver("d-3", "t-1", accepted_at=2)
        assert list((await stream.next("ack")).delivery_ids) == ["d-3"]

    play(story)
