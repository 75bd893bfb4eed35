"""The commands about agents."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from scripts import Say, Scripts
from words import message_of

from agentbus import Agent, AgentStatus


class Agents:
    """The agents of this testee, by the names that commands have for them."""

    def __init__(self, scripts: Scripts, say: Say) -> None:
        self._scripts = scripts
        self._say = say
        self._agents: dict[str, Agent] = {}

    async def obey(self, verb: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Carries a command out and returns its result."""
        verbs: dict[str, Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]] = {
            "connect": self._connect,
            "ready": self._ready,
            "closed": self._closed,
            "drain": self._drain,
            "close": self._close,
            "send": self._send,
        }
        return await verbs[verb](arguments)

    async def close_all(self) -> None:
        """Leaves the bus."""
        await asyncio.gather(*(agent.close(1) for agent in self._agents.values()))

    async def _connect(self, arguments: dict[str, Any]) -> dict[str, Any]:
        name = arguments["agent"]
        given = {key: arguments[key] for key in _SAME if key in arguments}
        seconds = {key: arguments[f"{key}_ms"] / 1000 for key in _TIMES if f"{key}_ms" in arguments}
        agent = Agent(arguments["address"], **given, **seconds)
        agent.on_status(partial(self._tell, name))
        if arguments.get("handlers", True):
            agent.on_task(partial(self._scripts.handle, name))

            @agent.on_message
            async def handle_message(message: Any) -> None:
                await self._scripts.handle(name, message)

        agent.start()
        self._agents[name] = agent
        return {}

    def _tell(self, name: str, status: AgentStatus) -> None:
        event = {"event": "status", "agent": name, "state": status.state.value}
        self._say(event if status.error is None else {**event, "error": str(status.error)})

    async def _ready(self, arguments: dict[str, Any]) -> dict[str, Any]:
        await self._agents[arguments["agent"]].ready()
        return {}

    async def _closed(self, arguments: dict[str, Any]) -> dict[str, Any]:
        await self._agents[arguments["agent"]].wait_closed()
        return {}

    async def _drain(self, arguments: dict[str, Any]) -> dict[str, Any]:
        grace = arguments.get("grace_ms")
        await self._agents[arguments["agent"]].drain(None if grace is None else grace / 1000)
        return {}

    async def _close(self, arguments: dict[str, Any]) -> dict[str, Any]:
        await self._agents[arguments["agent"]].close(arguments.get("grace_ms", 10_000) / 1000)
        return {}

    async def _send(self, arguments: dict[str, Any]) -> dict[str, Any]:
        outcome = await self._agents[arguments["agent"]].send(message_of(arguments["message"]))
        return {
            "message_id": outcome.message_id,
            "duplicate": outcome.duplicate,
            "recipients": list(outcome.recipients),
        }


_SAME = (
    "api_key",
    "agent_id",
    "instance_id",
    "capabilities",
    "max_in_flight",
    "ca_file",
    "protocol_version",
)
"""Options that have the same name and unit in commands and in the client."""

_TIMES = ("lease", "connect_timeout")
