"""A program that does with the client what it is told, a command a line, so that all clients are held to the same.

Its protocol is in test/clients/README.md.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

from agents import Agents
from bench import bench
from grpc import StatusCode
from orchestrators import Orchestrators
from scripts import Scripts

from agentbus import AgentbusError


def say(line: dict[str, Any]) -> None:
    """Writes an answer or an event."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def error_of(error: BaseException) -> dict[str, Any]:
    """An error as answers carry it; what is no error of the client is a fault of this program or of its orders."""
    if not isinstance(error, AgentbusError):
        error = AgentbusError(StatusCode.UNKNOWN, f"{type(error).__name__}: {error}")
    return {
        "code": error.code.name,
        "reason": error.reason,
        "message": error.message,
        "facts": dict(error.facts),
    }


class Testee:
    """Takes commands and answers them, side by side."""

    def __init__(self) -> None:
        self._scripts = Scripts(say)
        self._agents = Agents(self._scripts, say)
        self._orchestrators = Orchestrators(say)

    async def run(self) -> None:
        """Returns when there are no more commands."""
        say({"event": "started"})
        answering: set[asyncio.Task[None]] = set()
        while line := await asyncio.to_thread(sys.stdin.buffer.readline):
            task = asyncio.create_task(self._answer(json.loads(line)))
            answering.add(task)
            task.add_done_callback(answering.discard)
        await self._agents.close_all()
        await self._orchestrators.close_all()
        for task in answering:
            task.cancel()

    async def _answer(self, order: dict[str, Any]) -> None:
        try:
            result = await self._obey(order["command"], order.get("with", {}))
        except Exception as error:
            say({"id": order["id"], "error": error_of(error)})
        else:
            say({"id": order["id"], "result": result})

    async def _obey(self, command: str, arguments: dict[str, Any]) -> dict[str, Any]:
        kind, _, verb = command.partition(".")
        if kind == "agent":
            return await self._agents.obey(verb, arguments)
        if kind == "orchestrator":
            return await self._orchestrators.obey(verb, arguments)
        if command == "release":
            self._scripts.release(arguments["hold"])
            return {}
        if command == "bench":
            return await bench(**arguments)
        raise ValueError(f"there is no command {command}")


if __name__ == "__main__":
    asyncio.run(Testee().run())
