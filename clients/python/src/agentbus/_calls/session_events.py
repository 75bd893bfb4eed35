"""A session's events, across lost connections."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from grpc import StatusCode, aio

from agentbus import limits
from agentbus._calls.caller import Caller
from agentbus._calls.read_records import event_of
from agentbus._wire.status import unreachable
from agentbus.errors import AgentbusError
from agentbus.records import SessionEvent
from agentbus.v1.session_event_pb2 import SessionEvent as SessionEventMessage
from agentbus.v1.session_service_pb2 import WatchSessionRequest, WatchSessionResponse

_METHOD = "/agentbus.v1.SessionService/WatchSession"
_LAST_EVENTS = ("session_completed", "session_terminated")


async def follow_session(
    caller: Caller, session_id: str, after: int, types: Sequence[str]
) -> AsyncGenerator[SessionEvent, None]:
    """Yields a session's events, each once and in order, until the session has ended.

    A lost connection is taken up again after the last event that was yielded, for as long as it takes; an error that
    the bus gives for the session itself, such as SESSION_NOT_FOUND, is raised.
    """
    backoff = caller.new_backoff()
    wanted = [f"SESSION_EVENT_TYPE_{name.upper()}" for name in types]
    last = after
    while True:
        request = WatchSessionRequest(session_id=session_id, after_sequence=last, types=wanted)
        events = _watch_once(caller, request)
        try:
            async for event in events:
                backoff.reset()
                if event is None or event.sequence <= last:
                    continue
                last = event.sequence
                yield event_of(event)
                if event.WhichOneof("body") in _LAST_EVENTS:
                    return
            # The bus ends the stream itself only with the session, whose last event a filter may hide.
            return
        except AgentbusError as error:
            if error.code is not StatusCode.UNAVAILABLE:
                raise
        finally:
            await events.aclose()
        await asyncio.sleep(backoff.next())


async def _watch_once(caller: Caller, request: WatchSessionRequest) -> AsyncGenerator[SessionEventMessage | None, None]:
    """One stream of a session, broken off when nothing comes for so long that the connection must be dead.

    Yields None for a sign of life. The first response only opens the stream and is left out: it is no such sign.
    """
    method: Any = caller.channel().unary_stream(
        _METHOD,
        request_serializer=WatchSessionRequest.SerializeToString,
        response_deserializer=WatchSessionResponse.FromString,
    )
    call = method(request, metadata=caller.where.metadata)
    is_open = False
    try:
        while True:
            response = await asyncio.wait_for(call.read(), limits.WATCH_SILENCE)
            if response is aio.EOF:
                return
            if is_open or response.HasField("event"):
                yield response.event if response.HasField("event") else None
            is_open = True
    except asyncio.TimeoutError:
        raise unreachable(caller.where.address, "nothing was heard of it for too long") from None
    except (aio.AioRpcError, asyncio.CancelledError) as thrown:
        error = caller.error_of(thrown)
        if error is None:
            raise
        raise error from thrown
    finally:
        call.cancel()
