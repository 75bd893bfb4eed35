"""A bus that says what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
from grpc import StatusCode, aio

from agentbus import Agent, Backoff
from agentbus.v1 import agent_service_pb2_grpc
from agentbus.v1.agent_stream_pb2 import (
    AgentStreamRequest,
    AgentStreamResponse,
    DeliveryFrame,
    ErrorStatus,
    SendAccepted,
    SendResult,
    SendResultFrame,
    SettleResultFrame,
    Welcome,
)
from agentbus.v1.delivery_pb2 import Delivery
from agentbus.v1.envelope_pb2 import MessageType as MessageTypeName

TASK: MessageTypeName = MessageTypeName.MESSAGE_TYPE_TASK_REQUEST
NOTIFICATION: MessageTypeName = MessageTypeName.MESSAGE_TYPE_NOTIFICATION

BUS = "agentbus://bus"
"""The agent id that a bus speaks as."""


class FakeStream:
    """The bus's side of one stream."""

    def __init__(self) -> None:
        self.frames: asyncio.Queue[AgentStreamRequest | None] = asyncio.Queue()
        self.outgoing: asyncio.Queue[AgentStreamResponse | StatusCode | None] = asyncio.Queue()
        self.hello: Any = None

    async def next(self, kind: str) -> Any:
        """The next frame but heartbeats, which must be of this kind."""
        while True:
            frame = await asyncio.wait_for(self.frames.get(), 5)
            assert frame is not None, "the agent ended its side"
            found = frame.WhichOneof("frame")
            if found != "heartbeat":
                assert found == kind
                return getattr(frame, found)

    async def answer(self) -> Any:
        """Takes the one message of the next frame, which must be a send, and puts it on disk."""
        (envelope,) = (await self.next("send")).messages
        self.accept(envelope.message_id)
        return envelope

    async def ended(self) -> None:
        """The agent has ended its side, and said nothing but heartbeats before."""
        while (frame := await asyncio.wait_for(self.frames.get(), 5)) is not None:
            assert frame.WhichOneof("frame") in ("heartbeat", "drain")

    def say(self, **frame: Any) -> None:
        self.outgoing.put_nowait(AgentStreamResponse(**frame))

    def welcome(self, *, lease: float = 30.0, interval: float = 15.0) -> None:
        welcome = Welcome(connection_id="conn", protocol_version=1)
        welcome.heartbeat_interval.FromMilliseconds(round(interval * 1000))
        welcome.limits.lease.FromMilliseconds(round(lease * 1000))
        self.say(welcome=welcome)

    def deliver(
        self,
        delivery_id: str,
        message_id: str,
        *,
        kind: MessageTypeName = TASK,
        accepted_at: int = 1,
        sender: str = "tester://boss",
        payload: dict[str, str] | None = None,
        correlation_id: str = "",
    ) -> None:
        delivery = Delivery(delivery_id=delivery_id, attempt=1, accepted_time=Timestamp(seconds=accepted_at))
        message = delivery.message
        message.message_id, message.message_type, message.correlation_id = message_id, kind, correlation_id
        message.sender.agent_id = sender
        message.payload.update(payload or {})
        self.say(delivery=DeliveryFrame(deliveries=[delivery]))

    def accept(self, *message_ids: str) -> None:
        results = [SendResult(message_id=message_id, accepted=SendAccepted()) for message_id in message_ids]
        self.say(send_result=SendResultFrame(results=results))

    def confirm(self, *delivery_ids: str, stale: tuple[str, ...] = ()) -> None:
        self.say(settle_result=SettleResultFrame(delivery_ids=delivery_ids, stale_delivery_ids=stale))

    def refuse(self, message_id: str, code: StatusCode, reason: str = "") -> None:
        """Says that a message is not on disk, and why."""
        error = ErrorStatus(code=code.value[0], message="no")
        if reason:
            error.info.reason = reason
        self.say(send_result=SendResultFrame(results=[SendResult(message_id=message_id, error=error)]))

    def call_off(self, delivery_id: str, task_id: str) -> None:
        """Delivers the news that a task was cancelled."""
        news = {"event": "task_cancelled", "delegator": "tester://boss", "task_id": task_id, "code": "CANCELLED"}
        self.deliver(
            delivery_id,
            f"news of {task_id}",
            kind=NOTIFICATION,
            sender=BUS,
            payload=news,
            correlation_id=task_id,
            accepted_at=2,
        )

    def cut(self, code: StatusCode | None = None) -> None:
        """Ends the stream, with an error if one is given."""
        self.outgoing.put_nowait(code)


class FakeBus(agent_service_pb2_grpc.AgentServiceServicer):
    """Hands each stream that is opened to the test."""

    def __init__(self) -> None:
        self._streams: asyncio.Queue[FakeStream] = asyncio.Queue()

    async def stream(self, **welcome: float) -> FakeStream:
        """The next stream, which has said hello and is welcomed."""
        stream = await self.unwelcomed()
        stream.welcome(**welcome)
        return stream

    async def unwelcomed(self) -> FakeStream:
        """The next stream, which has said hello."""
        stream = await asyncio.wait_for(self._streams.get(), 5)
        stream.hello = await stream.next("hello")
        return stream

    async def AgentStream(  # noqa: N802 - the name is the contract's
        self, requests: AsyncIterator[AgentStreamRequest], context: Any
    ) -> AsyncIterator[AgentStreamResponse]:
        stream = FakeStream()
        self._streams.put_nowait(stream)

        async def read() -> None:
            async for request in requests:
                stream.frames.put_nowait(request)
            stream.frames.put_nowait(None)

        reading = asyncio.create_task(read())
        try:
            while (frame := await stream.outgoing.get()) is not None:
                if isinstance(frame, StatusCode):
                    await context.abort(frame, "no")
                else:
                    yield frame
        finally:
            reading.cancel()


async def nothing_left() -> None:
    """Whatever tasks there are besides this one end by themselves."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    if tasks:
        _, left = await asyncio.wait(tasks, timeout=5)
        assert not left


Story = Callable[[FakeBus, Agent], Awaitable[None]]


def play(story: Story, **options: Any) -> None:
    """Plays a story with a bus and an agent that is not started."""

    async def act() -> None:
        bus = FakeBus()
        server = aio.server()
        agent_service_pb2_grpc.add_AgentServiceServicer_to_server(bus, server)  # type: ignore[no-untyped-call]
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        agent = Agent(
            f"http://127.0.0.1:{port}",
            api_key="key",
            agent_id="python://worker",
            new_backoff=lambda: Backoff(0.01, 0.01),
            **options,
        )
        try:
            await asyncio.wait_for(story(bus, agent), 20)
        finally:
            await agent.close(0)
            await server.stop(None)
        await nothing_left()

    asyncio.run(act())
