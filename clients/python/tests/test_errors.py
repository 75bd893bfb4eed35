"""Errors have what the bus said, and a broken connection is UNAVAILABLE whatever gRPC calls it."""

import pickle

import pytest
from google.protobuf.any_pb2 import Any as AnyMessage
from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status
from grpc.aio import AioRpcError, Metadata

from agentbus import Agent, AgentbusError, MessageType, Orchestrator, Reject, RetryLater, StatusCode
from agentbus._agent.connector import is_final
from agentbus._wire.channel import endpoint
from agentbus._wire.status import from_call, from_status
from agentbus.v1.agent_stream_pb2 import ErrorStatus

ADDRESS = "http://127.0.0.1:8080"
INFO = ErrorInfo(domain="agentbus", reason="STREAM_FENCED", metadata={"instance_id": "i-1"})


def call_error(code: StatusCode, *details: ErrorInfo) -> AioRpcError:
    trailers = Metadata()
    if details:
        status = Status(code=code.value[0], message="text")
        for detail in details:
            packed = AnyMessage()
            packed.Pack(detail)
            status.details.append(packed)
        trailers.add("grpc-status-details-bin", status.SerializeToString())
    return AioRpcError(code, Metadata(), trailers, details="text")


def test_what_the_bus_says_is_kept() -> None:
    error = from_call(call_error(StatusCode.ABORTED, INFO), ADDRESS)
    assert (error.code, error.reason, error.message) == (StatusCode.ABORTED, "STREAM_FENCED", "text")
    assert error.facts == {"instance_id": "i-1"}
    assert str(error) == "text (ABORTED, STREAM_FENCED)"


@pytest.mark.parametrize("name", ["ABORTED", "CANCELLED", "INTERNAL", "UNKNOWN", "DATA_LOSS", "UNAVAILABLE"])
def test_a_cut_connection_is_unavailable(name: str) -> None:
    error = from_call(call_error(StatusCode[name]), ADDRESS)
    assert (error.code, error.reason) == (StatusCode.UNAVAILABLE, None)
    assert ADDRESS in error.message


def test_other_codes_are_kept_without_a_reason() -> None:
    error = from_call(call_error(StatusCode.UNIMPLEMENTED), ADDRESS)
    assert (error.code, error.reason) == (StatusCode.UNIMPLEMENTED, None)
    assert ADDRESS in error.message


def test_the_error_of_a_frame() -> None:
    error = from_status(ErrorStatus(code=10, message="text", info=INFO))
    assert (error.code, error.reason, error.facts) == (StatusCode.ABORTED, "STREAM_FENCED", {"instance_id": "i-1"})
    assert from_status(ErrorStatus(code=99)).code is StatusCode.UNKNOWN


def test_errors_cross_the_borders_of_processes() -> None:
    error = AgentbusError(StatusCode.ABORTED, "text", reason="TASK_CANCELLED", facts={"cause": "CANCELLED"})
    back = pickle.loads(pickle.dumps(error))
    assert (back.code, back.message, back.reason, back.facts) == (error.code, "text", error.reason, error.facts)
    later = pickle.loads(pickle.dumps(RetryLater(2.5, "busy")))
    assert (later.delay, str(later)) == (2.5, "busy")
    assert str(pickle.loads(pickle.dumps(Reject("no")))) == "no"


def test_which_errors_are_final() -> None:
    assert is_final(AgentbusError(StatusCode.ABORTED, "", reason="STREAM_FENCED"))
    assert is_final(AgentbusError(StatusCode.UNAUTHENTICATED, ""))
    assert not is_final(AgentbusError(StatusCode.ABORTED, ""))
    assert not is_final(AgentbusError(StatusCode.UNAVAILABLE, "", reason="DRAINING"))
    assert not is_final(AgentbusError(StatusCode.RESOURCE_EXHAUSTED, "", reason="SLOW_CONSUMER"))


@pytest.mark.parametrize(
    "address", ["127.0.0.1:8080", "ftp://bus", "http://", "http://bus:port", "http://bus/path", "http://bus?x", ""]
)
def test_what_is_no_address(address: str) -> None:
    for make in (Agent, Orchestrator):
        with pytest.raises(AgentbusError, match="is not the address of a bus") as raised:
            make(address, api_key="key", agent_id="python://me")
        assert raised.value.code is StatusCode.INVALID_ARGUMENT


def test_addresses() -> None:
    def target(address: str) -> str:
        return endpoint(address, api_key="key", agent_id="python://me").target

    assert target("http://127.0.0.1:8080/") == "127.0.0.1:8080"
    assert target("https://bus.example.com") == "bus.example.com:443"
    assert target("http://[::1]:9000") == "[::1]:9000"


def test_a_key_is_in_no_text() -> None:
    assert "secret" not in repr(endpoint(ADDRESS, api_key="secret", agent_id="python://me"))


def test_words_of_a_newer_bus_are_named_by_their_number() -> None:
    assert MessageType(99).name == "99"
    assert MessageType(1) is MessageType.TASK_REQUEST
