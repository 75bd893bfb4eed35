"""Calls of an orchestrator, by services that say what they are told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from grpc import StatusCode, aio

from agentbus import AgentbusError, AggregationMethod, AllParticipants, Backoff, DelegatedTask, NewTask, Orchestrator
from agentbus import limits as bounds
from agentbus.v1 import message_service_pb2 as message_calls
from agentbus.v1 import message_service_pb2_grpc, session_service_pb2_grpc
from agentbus.v1 import session_service_pb2 as session_calls


class FakeServices(session_service_pb2_grpc.SessionServiceServicer, message_service_pb2_grpc.MessageServiceServicer):
    """Answers each call with what comes next: an answer, or a status after so many seconds."""

    def __init__(self) -> None:
        self.requests: list[Any] = []
        self.answers: list[Any] = []
        self.called = asyncio.Event()

    async def _answer(self, request: Any, context: Any) -> Any:
        self.requests.append(request)
        self.called.set()
        answer = self.answers.pop(0)
        if isinstance(answer, tuple):
            delay, code = answer
            await asyncio.sleep(delay)
            await context.abort(code, "no")
        return answer

    AggregateResults = ListTasks = SendMessage = _answer


def play(story: Callable[[FakeServices, Orchestrator], Awaitable[None]]) -> None:
    async def act() -> None:
        services, server = FakeServices(), aio.server()
        session_service_pb2_grpc.add_SessionServiceServicer_to_server(services, server)  # type: ignore[no-untyped-call]
        message_service_pb2_grpc.add_MessageServiceServicer_to_server(services, server)  # type: ignore[no-untyped-call]
        port = server.add_insecure_port("127.0.0.1:0")
        await server.start()
        try:
            async with Orchestrator(
                f"http://127.0.0.1:{port}",
                api_key="key",
                agent_id="python://lead",
                new_backoff=lambda: Backoff(0.01, 0.01),
            ) as orchestrator:
                await asyncio.wait_for(story(services, orchestrator), 20)
        finally:
            await server.stop(None)

    asyncio.run(act())


def test_answers_are_aggregated() -> None:
    async def story(services: FakeServices, orchestrator: Orchestrator) -> None:
        response = session_calls.AggregateResultsResponse(confidence=0.5, summary_markdown="# Both")
        response.unified_result.update({"text": "yes"})
        response.results.add(task_id="t-1", agent_id="python://worker")
        response.conflicts.add(key="text").values.add(agent_ids=["python://other"]).value.string_value = "no"
        services.answers = [(0, StatusCode.UNAVAILABLE), response, session_calls.AggregateResultsResponse()]
        session = orchestrator.open_session("s-1")
        made = await session.aggregate(AggregationMethod.SPECIALIST_PRIORITY, role_order=["judge", "worker"])
        assert (made.unified_result, made.confidence, made.summary_markdown) == ({"text": "yes"}, 0.5, "# Both")
        assert made.results[0]["agent_id"] == "python://worker"
        assert made.conflicts == ({"key": "text", "values": [{"value": "no", "agent_ids": ["python://other"]}]},)
        request = services.requests[1]
        assert (request.session_id, list(request.role_order)) == ("s-1", ["judge", "worker"])
        assert request.method == AggregationMethod.SPECIALIST_PRIORITY
        assert (await session.aggregate(AggregationMethod.MANUAL)).unified_result is None

    play(story)


def test_lists_ask_for_their_next_page_only_when_it_is_needed() -> None:
    async def story(services: FakeServices, orchestrator: Orchestrator) -> None:
        pages = [session_calls.ListTasksResponse(next_page_token="2"), session_calls.ListTasksResponse()]
        for number, page in enumerate(pages):
            page.tasks.add(task_id=f"t-{number}")
        services.answers = list(pages)
        tasks = orchestrator.open_session("s-1").tasks(assignee="python://worker")
        assert (await anext(tasks)).task_id == "t-0"
        assert len(services.requests) == 1
        assert [task.task_id async for task in tasks] == ["t-1"]
        assert [(request.page_token, request.assignee) for request in services.requests] == [
            ("", "python://worker"),
            ("2", "python://worker"),
        ]

    play(story)


def test_a_task_for_all_has_a_number_for_each() -> None:
    async def story(services: FakeServices, orchestrator: Orchestrator) -> None:
        both = message_calls.SendMessageResponse(message_id="t", recipients=["python://a", "python://b"])
        services.answers = [both, message_calls.SendMessageResponse(message_id="t", recipients=["python://a"])]
        session = orchestrator.open_session("s-1")
        task = NewTask(AllParticipants(), {"text": "hello"}, task_id="t")
        assert await session.delegate_to_all(task) == [
            DelegatedTask("t#1", "python://a"),
            DelegatedTask("t#2", "python://b"),
        ]
        assert await session.delegate_to_all(task) == [DelegatedTask("t", "python://a")]

    play(story)


@pytest.mark.parametrize(("first_call", "calls"), [(0.1, 5), (0.0, 2)])
def test_a_wait_that_once_held_goes_on_however_long_the_bus_is_away(
    monkeypatch: pytest.MonkeyPatch, first_call: float, calls: int
) -> None:
    monkeypatch.setattr(bounds, "HEALTHY_STREAM", 0.1)
    monkeypatch.setattr(bounds, "MAX_CALL_ATTEMPTS", 2)

    async def story(services: FakeServices, orchestrator: Orchestrator) -> None:
        answered = message_calls.SendMessageResponse()
        answered.reply.sender.agent_id = "python://worker"
        away = (0, StatusCode.UNAVAILABLE)
        services.answers = [(first_call, StatusCode.UNAVAILABLE), away, away, away, answered]
        asking = orchestrator.ask(NewTask("python://worker"))
        if first_call:
            assert (await asking).agent_id == "python://worker"
        else:
            with pytest.raises(AgentbusError) as raised:
                await asking
            assert raised.value.code is StatusCode.UNAVAILABLE
        assert len(services.requests) == calls
        # The same message each time, which is the same task.
        assert {request.message.SerializeToString() for request in services.requests} == {
            services.requests[0].message.SerializeToString()
        }

    play(story)


def test_calls_after_close_say_so() -> None:
    async def story(services: FakeServices, orchestrator: Orchestrator) -> None:
        services.answers = [(10, StatusCode.UNAVAILABLE)]
        asking = asyncio.create_task(orchestrator.ask(NewTask("python://worker")))
        await services.called.wait()
        await orchestrator.close()
        for call in (asking, orchestrator.delegate(NewTask("python://worker"))):
            with pytest.raises(AgentbusError) as raised:
                await call
            assert raised.value.code is StatusCode.CANCELLED

    play(story)
