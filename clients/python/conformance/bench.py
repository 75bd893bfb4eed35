"""How fast messages go from one agent to another."""

from __future__ import annotations

import asyncio
import time
import uuid
from typing import Any

from agentbus import Agent, IncomingMessage, Message


async def bench(*, address: str, api_key: str, to: str, messages: int, window: int, **others: Any) -> dict[str, Any]:
    """Sends notifications of so many bytes, at most `window` of them not handled yet."""
    run = uuid.uuid4().hex
    sender = Agent(address, api_key=api_key, agent_id=others["from"])
    receiver = Agent(address, api_key=api_key, agent_id=to, max_in_flight=window)
    room = asyncio.Semaphore(window)
    sent_at: dict[str, float] = {}
    latencies: list[int] = []
    done = asyncio.Event()

    @receiver.on_message
    async def handle(message: IncomingMessage) -> None:
        begun_at = sent_at.pop(message.message_id, None)
        # Left over from an earlier run, or delivered again.
        if begun_at is None:
            return
        latencies.append(round((time.perf_counter() - begun_at) * 1e6))
        room.release()
        if len(latencies) == messages:
            done.set()

    data = bytes(others["bytes"])
    sending: set[asyncio.Task[Any]] = set()
    async with receiver, sender:
        begun = time.perf_counter()
        for number in range(messages):
            await room.acquire()
            message_id = f"{run}-{number}"
            message = Message(to, data=data, content_type="application/octet-stream", message_id=message_id)
            sent_at[message_id] = time.perf_counter()
            task = asyncio.create_task(sender.send(message))
            sending.add(task)
            task.add_done_callback(sending.discard)
        await done.wait()
        elapsed = time.perf_counter() - begun
        await asyncio.gather(*sending)
    return {"elapsed_ms": elapsed * 1000, "latencies_us": latencies}
