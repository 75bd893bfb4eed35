"""Calls to the bus, each with a deadline, and repeated where that is safe."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message
from grpc import ChannelConnectivity, StatusCode, aio

from agentbus import limits
from agentbus._wire.channel import Endpoint, open_channel
from agentbus._wire.status import from_call
from agentbus.backoff import Backoff
from agentbus.errors import AgentbusError

_Response = TypeVar("_Response", bound=Message)


class Caller:
    """Makes calls on one connection, which it replaces when it is lost."""

    def __init__(self, where: Endpoint, new_backoff: Callable[[], Backoff]) -> None:
        """Nothing happens before the first call."""
        self.where = where
        self.new_backoff = new_backoff
        self._channel: aio.Channel | None = None
        self._is_closed = False
        self._closing: set[asyncio.Task[None]] = set()

    def method(self, service: str, name: str, response: type[_Response]) -> Method[_Response]:
        """A method of the contract: `method("SessionService", "GetSession", GetSessionResponse)`."""
        return Method(self, f"/agentbus.v1.{service}/{name}", response)

    def channel(self) -> aio.Channel:
        """The connection. One that is known to be lost is replaced: gRPC would wait before it tries again."""
        if self._is_closed:
            raise self.closed_error()
        lost = self._channel
        if lost is not None and lost.get_state() is ChannelConnectivity.TRANSIENT_FAILURE:
            self._channel = None
            # Calls that were cut have failed; the grace is for those that have not noticed yet.
            closing = asyncio.create_task(lost.close(limits.FAREWELL_TIMEOUT))
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        if self._channel is None:
            self._channel = open_channel(self.where)
        return self._channel

    def error_of(self, error: BaseException) -> AgentbusError | None:
        """The error of a call; None if the caller itself was cancelled."""
        if self._is_closed:
            return self.closed_error()
        return from_call(error, self.where.address) if isinstance(error, aio.AioRpcError) else None

    def closed_error(self) -> AgentbusError:
        """What calls fail with that are cut by `close`, or come after it."""
        return AgentbusError(StatusCode.CANCELLED, "the orchestrator client was closed")

    async def close(self) -> None:
        """Ends all calls, which fail with CANCELLED, and lets the connection go."""
        self._is_closed = True
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()
        for closing in self._closing:
            closing.cancel()
        if self._closing:
            await asyncio.wait(self._closing)


class Method(Generic[_Response]):
    """One method of the contract that answers once."""

    def __init__(self, caller: Caller, path: str, response: type[_Response]) -> None:
        self._caller = caller
        self._path = path
        self._response = response

    async def once(self, request: Message, *, timeout: float = limits.CALL_TIMEOUT) -> _Response:
        """Calls once, for a method that is not idempotent or whose repetition is up to somebody else."""
        caller = self._caller
        call: Any = caller.channel().unary_unary(
            self._path, request_serializer=_serialize, response_deserializer=self._response.FromString
        )
        try:
            response: _Response = await call(request, timeout=timeout, metadata=caller.where.metadata)
        except (aio.AioRpcError, asyncio.CancelledError) as thrown:
            error = caller.error_of(thrown)
            if error is None:
                raise
            raise error from thrown
        return response

    async def repeated(self, request: Message) -> _Response:
        """Calls until the bus has answered, for a method that the contract calls idempotent."""
        backoff = self._caller.new_backoff()
        attempts = 1
        while True:
            try:
                return await self.once(request)
            except AgentbusError as error:
                if error.code is not StatusCode.UNAVAILABLE or attempts >= limits.MAX_CALL_ATTEMPTS:
                    raise
            attempts += 1
            await asyncio.sleep(backoff.next())


def _serialize(request: Message) -> bytes:
    return request.SerializeToString()
