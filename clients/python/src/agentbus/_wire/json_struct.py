"""JSON objects as `google.protobuf.Struct` and back.

By hand, which takes half the time of `google.protobuf.json_format`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from google.protobuf.struct_pb2 import Struct, Value
from grpc import StatusCode

from agentbus import limits
from agentbus.errors import AgentbusError

_MAX_SAFE_INTEGER = 2**53
"""Beyond this not every integer is a double, which is all that a Struct has for numbers."""


def fill_struct(struct: Struct, payload: Mapping[str, Any]) -> None:
    """Puts a JSON object into an empty Struct; INVALID_ARGUMENT for what JSON, or a double, cannot say."""
    if not isinstance(payload, Mapping):
        raise _invalid(f"a payload is a JSON object, not a value of type {type(payload).__name__}")
    try:
        _fill_struct(struct, payload, 1)
    except UnicodeEncodeError as error:
        raise _invalid(f"a text has half a character in it: {error.reason}") from None


def _fill_struct(struct: Struct, payload: Mapping[str, Any], depth: int) -> None:
    if depth > limits.MAX_PAYLOAD_DEPTH:
        raise _invalid(f"a payload is nested at most {limits.MAX_PAYLOAD_DEPTH} levels deep")
    struct.SetInParent()
    fields = struct.fields
    for key, value in payload.items():
        if not isinstance(key, str):
            raise _invalid(f"the keys of a JSON object are texts, not values of type {type(key).__name__}")
        _fill_value(fields[key], value, depth)


def _fill_value(target: Value, value: Any, depth: int) -> None:
    if isinstance(value, str):
        target.string_value = value
    elif isinstance(value, bool):
        target.bool_value = value
    elif value is None:
        target.null_value = 0  # type: ignore[assignment]
    elif isinstance(value, int | float):
        target.number_value = _number(value)
    elif isinstance(value, Mapping):
        _fill_struct(target.struct_value, value, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, bytes | bytearray | memoryview):
        _fill_list(target, value, depth + 1)
    else:
        raise _invalid(f"JSON has no value of type {type(value).__name__}")


def _fill_list(target: Value, items: Sequence[Any], depth: int) -> None:
    if depth > limits.MAX_PAYLOAD_DEPTH:
        raise _invalid(f"a payload is nested at most {limits.MAX_PAYLOAD_DEPTH} levels deep")
    target.list_value.SetInParent()
    values = target.list_value.values
    for item in items:
        _fill_value(values.add(), item, depth)


def _number(value: int | float) -> float:
    try:
        number = float(value)
    except OverflowError:
        raise _invalid("an integer is too large for JSON: send it as a text") from None
    if not math.isfinite(number):
        raise _invalid(f"JSON has no number {value}")
    if number != value:
        raise _invalid(f"the integer {value} would lose digits: send it as a text")
    return number


def read_struct(struct: Struct) -> dict[str, Any]:
    """Makes a JSON object of a Struct. A whole number up to 2^53 is an int."""
    return {key: read_value(value) for key, value in struct.fields.items()}


def read_value(value: Value) -> Any:
    """Makes a JSON value."""
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() and abs(number) <= _MAX_SAFE_INTEGER else number
    if kind == "struct_value":
        return read_struct(value.struct_value)
    if kind == "list_value":
        return [read_value(item) for item in value.list_value.values]
    if kind == "bool_value":
        return value.bool_value
    return None


def _invalid(message: str) -> AgentbusError:
    return AgentbusError(StatusCode.INVALID_ARGUMENT, message)
