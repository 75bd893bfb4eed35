"""Errors of calls, streams and frames as an AgentbusError."""

from __future__ import annotations

from google.rpc.error_details_pb2 import ErrorInfo
from google.rpc.status_pb2 import Status as RpcStatus
from grpc import StatusCode
from grpc.aio import AioRpcError

from agentbus.errors import AgentbusError
from agentbus.v1.agent_stream_pb2 import ErrorStatus

_CODES = {code.value[0]: code for code in StatusCode}

_CUT_CONNECTION = frozenset(
    {StatusCode.ABORTED, StatusCode.CANCELLED, StatusCode.INTERNAL, StatusCode.UNKNOWN, StatusCode.DATA_LOSS}
)
"""What a broken connection looks like.

The bus says why in each of its errors, so one of these without a reason was made on the way, when a connection was cut.
"""


def from_status(status: ErrorStatus) -> AgentbusError:
    """Makes the error that a frame of a stream carries."""
    code = _CODES.get(status.code, StatusCode.UNKNOWN)
    return _error(code, status.message, status.info if status.HasField("info") else None)


def from_call(error: AioRpcError, address: str) -> AgentbusError:
    """Makes the error of a call; one that the bus did not make says which address it is about."""
    message = error.details() or "the connection broke"
    info = _error_info(error)
    if info is not None:
        return _error(error.code(), message, info)
    if error.code() in _CUT_CONNECTION or error.code() is StatusCode.UNAVAILABLE:
        return unreachable(address, message)
    return AgentbusError(error.code(), f"{address}: {message}")


def unreachable(address: str, why: str) -> AgentbusError:
    """The bus is not there, or not any more."""
    return AgentbusError(StatusCode.UNAVAILABLE, f"the bus at {address} cannot be reached: {why}")


def missing(field: str) -> AgentbusError:
    """A required field is not there: the bus is at fault."""
    return AgentbusError(StatusCode.INTERNAL, f"the bus left the {field} out of its answer")


def _error_info(error: AioRpcError) -> ErrorInfo | None:
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin" and isinstance(value, bytes):
            for detail in RpcStatus.FromString(value).details:
                info = ErrorInfo()
                if detail.Unpack(info):
                    return info
    return None


def _error(code: StatusCode, message: str, info: ErrorInfo | None) -> AgentbusError:
    if info is None:
        return AgentbusError(code, message)
    return AgentbusError(code, message, reason=info.reason or None, facts=info.metadata)
