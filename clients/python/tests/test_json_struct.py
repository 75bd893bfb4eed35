"""JSON objects are what they were after a way through a Struct, and what JSON cannot say is refused."""

import math
from collections import OrderedDict
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct

from agentbus import AgentbusError, StatusCode
from agentbus._wire.json_struct import fill_struct, read_struct


def there_and_back(payload: dict[Any, Any]) -> dict[str, Any]:
    struct = Struct()
    fill_struct(struct, payload)
    return read_struct(Struct.FromString(struct.SerializeToString()))


def nested(depth: int) -> dict[str, Any]:
    return {} if depth == 1 else {"in": nested(depth - 1)}


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        0,
        -42,
        2**53,
        0.1,
        5e-324,
        1.7976931348623157e308,
        "",
        "ß😀\u0000",
        [],
        {},
        [[{"a": [1, [None]]}]],
    ],
)
def test_values(value: object) -> None:
    back = there_and_back({"value": value})["value"]
    assert back == value
    assert type(back) is type(value)


def test_true_is_no_number_and_a_whole_float_is_an_integer() -> None:
    assert there_and_back({"true": True, "five": 5.0}) == {"true": True, "five": 5}


def test_an_integer_that_is_a_double_keeps_its_value() -> None:
    assert there_and_back({"large": 2**60})["large"] == 2**60


def test_mappings_and_tuples() -> None:
    assert there_and_back({"map": OrderedDict(a=1), "tuple": (1, 2)}) == {"map": {"a": 1}, "tuple": [1, 2]}


def test_the_deepest_nesting() -> None:
    assert there_and_back(nested(30)) == nested(30)


def containing_itself() -> dict[str, Any]:
    payload: dict[str, Any] = {}
    payload["self"] = [payload]
    return payload


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        ({"n": 2**53 + 1}, "would lose digits"),
        ({"n": 10**400}, "too large"),
        ({"n": math.nan}, "no number nan"),
        ({"n": -math.inf}, "no number -inf"),
        ({1: "x"}, "keys"),
        ({"x": "\ud800"}, "half a character"),
        ({"\ud800": 1}, "half a character"),
        ({"x": b"bytes"}, "type bytes"),
        ({"x": object()}, "type object"),
        (nested(31), "30 levels"),
        (containing_itself(), "30 levels"),
        ([], "JSON object"),
    ],
)
def test_what_is_no_json(payload: Any, why: str) -> None:
    with pytest.raises(AgentbusError, match=why) as raised:
        there_and_back(payload)
    assert raised.value.code is StatusCode.INVALID_ARGUMENT
