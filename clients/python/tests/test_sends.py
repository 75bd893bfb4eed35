"""What becomes of messages that are sent, by a bus that says what it is told."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from fake_bus import FakeBus, play

from agentbus import (
    Agent,
    AgentbusError,
    Message,
    MessageState,
    Receipt,
    StatusCode,
)
from agentbus.v1.agent_stream_pb2 import SendResult, SendResultFrame
from agentbus.v1.delivery_pb2 import Receipt as ReceiptFrame


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
        agent.start()
        stream = await bus.stream()
        sending = asyncio.create_task(agent.send(Message("python://other")))
        message_id = (await stream.next("send")).messages[0].message_id
        stream.refuse(message_id, StatusCode.UNAVAILABLE)
        assert (await stream.next("send")).messages[0].message_id == message_id
        stream.refuse(message_id, StatusCode.NOT_FOUND)
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


def test_a_send_that_nobody_waits_for_any_more_may_be_repeated() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.start()
        message = Message("python://other", {"n": 1}, message_id="m-1")
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(agent.send(message), 0)
        again = asyncio.create_task(agent.send(message))
        await asyncio.sleep(0)
        with pytest.raises(AgentbusError) as raised:
            await agent.send(message)
        assert raised.value.code is StatusCode.ALREADY_EXISTS
        stream = await bus.stream()
        assert len((await stream.next("send")).messages) == 1
        stream.accept("m-1")
        assert (await again).message_id == "m-1"

    play(story)


def test_results_may_come_in_any_order_and_without_an_outcome() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        agent.start()
        stream = await bus.stream()
        sending = [asyncio.create_task(agent.send(Message("python://other"))) for _ in range(3)]
        ids = [message.message_id for message in (await stream.next("send")).messages]
        stream.accept(ids[2], ids[0])
        stream.say(send_result=SendResultFrame(results=[SendResult(message_id=ids[1])]))
        assert [(await sending[n]).message_id for n in (0, 2)] == [ids[0], ids[2]]
        with pytest.raises(AgentbusError) as raised:
            await sending[1]
        assert raised.value.code is StatusCode.INTERNAL

    play(story)


def test_receipts_are_heard() -> None:
    async def story(bus: FakeBus, agent: Agent) -> None:
        heard: asyncio.Queue[Receipt] = asyncio.Queue()
        complaints: list[Any] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context["exception"]))

        @agent.on_receipt
        def hear(receipt: Receipt) -> None:
            heard.put_nowait(receipt)
            raise ValueError("not the end of the stream")

        agent.start()
        stream = await bus.stream()
        states = [MessageState.DEAD_LETTERED, MessageState.DELIVERED]
        frame = ReceiptFrame(message_id="m-1", recipient="python://other", attempt=5, reason="why")
        frame.time.seconds = 1
        for state in states:
            frame.state = int(state)  # type: ignore[assignment]
            stream.say(receipt=frame)
        receipts = [await asyncio.wait_for(heard.get(), 5) for _ in states]
        assert [receipt.state for receipt in receipts] == states
        assert (receipts[0].message_id, receipts[0].recipient, receipts[0].attempt) == ("m-1", "python://other", 5)
        assert receipts[0].time is not None
        assert [str(complaint) for complaint in complaints] == ["not the end of the stream"] * 2

    play(story)
