"""One stream to the bus, from hello to its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from grpc import StatusCode, aio

from agentbus import limits
from agentbus._agent.lane import Lane
from agentbus._wire.channel import Endpoint, open_channel
from agentbus._wire.status import from_call, unreachable
from agentbus._wire.times import seconds_of
from agentbus.errors import AgentbusError
from agentbus.v1.agent_stream_pb2 import AgentStreamResponse, Welcome

_METHOD = "/agentbus.v1.AgentService/AgentStream"


@dataclass(frozen=True)
class StreamEvents:
    """What a stream tells its agent; nothing of it may block."""

    welcomed: Callable[[Welcome, float], None]
    """The bus has welcomed the agent, and leases deliveries for so many seconds; the lanes have been told."""
    received: Callable[[AgentStreamResponse], None]
    """Any later frame."""
    beat: Callable[[], None]
    """A third of the heartbeat interval or of the lease has passed, whichever is shorter."""


class AgentStream:
    """A stream on a connection of its own.

    A bus that does not welcome in time, or is silent for two heartbeat intervals, is gone even if the connection does
    not know it yet.
    """

    def __init__(self, where: Endpoint, hello: bytes, lanes: Sequence[Lane], events: StreamEvents) -> None:
        """Earlier lanes go first. Nothing happens before `run`."""
        self._where = where
        self._hello = hello
        self._lanes = lanes
        self._events = events
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._is_welcomed = False
        self._is_ending = False
        self._reason: AgentbusError | None = None
        self._silent_beats = 0
        self._timer: asyncio.TimerHandle | None = None
        self._farewell: asyncio.TimerHandle | None = None
        self._call: aio.StreamStreamCall[bytes, AgentStreamResponse] | None = None

    async def run(self) -> AgentbusError | None:
        """Returns when the stream is over, with the error that ended it unless both sides had finished."""
        channel = open_channel(self._where)
        method: aio.StreamStreamMultiCallable[bytes, AgentStreamResponse] = channel.stream_stream(
            _METHOD, request_serializer=None, response_deserializer=AgentStreamResponse.FromString
        )
        call = self._call = method(metadata=self._where.metadata)
        self._timer = self._loop.call_later(
            limits.WELCOME_TIMEOUT, self.abort, self._gone("it did not welcome the agent in time")
        )
        writer = asyncio.create_task(self._write(call))

        def stop_writing(_: object) -> None:
            # A write that fails when the bus has said why the stream is over makes gRPC forget what it said.
            writer.cancel()

        call.add_done_callback(stop_writing)
        try:
            if self._reason is None:
                return await self._read(call)
            return self._reason
        finally:
            self._call = None
            for timer in (self._timer, self._farewell):
                if timer is not None:
                    timer.cancel()
            writer.cancel()
            await asyncio.wait([writer])
            for lane in self._lanes:
                lane.offline()
            await channel.close()

    def wake(self) -> None:
        """A lane has something to say."""
        self._wake.set()

    def end(self) -> None:
        """Ends the agent's side when the lanes have nothing more to say, and waits a moment for the bus to follow."""
        self._is_ending = True
        self._wake.set()
        if self._farewell is None:
            self._farewell = self._loop.call_later(
                limits.FAREWELL_TIMEOUT, self.abort, self._gone("it did not end the stream in time")
            )

    def abort(self, error: AgentbusError) -> None:
        """Breaks the stream off."""
        if self._reason is None:
            self._reason = error
        if self._call is not None:
            self._call.cancel()

    async def _read(self, call: aio.StreamStreamCall[bytes, AgentStreamResponse]) -> AgentbusError | None:
        try:
            while isinstance(frame := await call.read(), AgentStreamResponse):
                self._silent_beats = 0
                if frame.HasField("welcome"):
                    self._welcome(frame.welcome)
                else:
                    self._events.received(frame)
            return self._reason
        except asyncio.CancelledError:
            # A call that was broken off here looks as if this task had been cancelled.
            if self._reason is None:
                raise
            return self._reason
        except aio.AioRpcError as error:
            return self._reason or from_call(error, self._where.address)

    async def _write(self, call: aio.StreamStreamCall[bytes, AgentStreamResponse]) -> None:
        try:
            await call.write(self._hello)
            while True:
                self._wake.clear()
                frame = self._next_frame()
                if frame is not None:
                    await call.write(frame)
                elif self._is_ending:
                    await call.done_writing()
                    return
                else:
                    await self._wake.wait()
        except (aio.AioRpcError, asyncio.InvalidStateError):
            # The stream is over; its reader knows why.
            return
        except Exception as fault:
            self.abort(AgentbusError(StatusCode.INTERNAL, f"the client failed: {fault!r}"))
            raise

    def _next_frame(self) -> bytes | None:
        if not self._is_welcomed:
            return None
        for lane in self._lanes:
            frame = lane.next()
            if frame is not None:
                return frame
        return None

    def _welcome(self, welcome: Welcome) -> None:
        interval = limits.DEFAULT_HEARTBEAT_INTERVAL
        if welcome.HasField("heartbeat_interval"):
            interval = seconds_of(welcome.heartbeat_interval) or interval
        lease = limits.DEFAULT_LEASE
        if welcome.limits.HasField("lease"):
            lease = seconds_of(welcome.limits.lease) or lease
        for lane in self._lanes:
            lane.online()
        self._is_welcomed = True
        self._events.welcomed(welcome, lease)
        self._wake.set()
        # A third: one beat may be lost, and the next one late, before a lease or the patience of the bus runs out.
        self._tick(min(interval, lease) / 3, 2 * interval)

    def _tick(self, beat: float, patience: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_later(beat, self._beat, beat, patience)

    def _beat(self, beat: float, patience: float) -> None:
        # Counted in beats: a program that holds up its loop hears nothing meanwhile, and its beats wait as well.
        self._silent_beats += 1
        if self._silent_beats * beat > patience:
            self.abort(self._gone("nothing was heard of it for two heartbeat intervals"))
            return
        self._events.beat()
        self._tick(beat, patience)

    def _gone(self, why: str) -> AgentbusError:
        return unreachable(self._where.address, why)
