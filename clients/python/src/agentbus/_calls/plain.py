"""Messages of the contract as plain values."""

from __future__ import annotations

from typing import Any

from google.protobuf.message import Message

from agentbus._wire.json_struct import read_struct, read_value
from agentbus._wire.times import moment_of, seconds_of

_SPECIAL: dict[str, Any] = {
    "google.protobuf.Struct": read_struct,
    "google.protobuf.Value": read_value,
    "google.protobuf.Timestamp": moment_of,
    "google.protobuf.Duration": seconds_of,
}


def plain(message: Message) -> Any:
    """Makes a dict of a message, and the value that it stands for of a Struct, a Value, a Timestamp or a Duration.

    Messages that are absent are left out; an enum is its name without the prefix, a duration its seconds.
    """
    descriptor = message.DESCRIPTOR
    special = _SPECIAL.get(descriptor.full_name)
    if special is not None:
        return special(message)
    return {
        field.name: _value(field, getattr(message, field.name))
        for field in descriptor.fields
        if not field.has_presence or message.HasField(field.name)
    }


def _value(field: Any, value: Any) -> Any:
    entry = field.message_type
    if entry is not None and entry.GetOptions().map_entry:
        return {key: _item(entry.fields_by_name["value"], item) for key, item in value.items()}
    if field.is_repeated:
        return [_item(field, item) for item in value]
    return _item(field, value)


def _item(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return plain(value)
    if field.enum_type is not None:
        named = field.enum_type.values_by_number.get(value)
        # Every name of an enum begins with that of the enum, as its zero does.
        prefix = field.enum_type.values[0].name.removesuffix("UNSPECIFIED")
        return value if named is None else named.name.removeprefix(prefix)
    return value
