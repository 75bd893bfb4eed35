"""The connection under the calls and streams of a client."""

from __future__ import annotations

from dataclasses import dataclass, field
from ipaddress import ip_address
from os import PathLike
from pathlib import Path
from urllib.parse import urlsplit

import grpc
from grpc import StatusCode, aio

from agentbus import limits
from agentbus.errors import AgentbusError

_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Endpoint:
    """Where the bus is, and who calls."""

    address: str
    """As the program gave it, for error messages."""
    target: str
    """As gRPC wants it."""
    credentials: grpc.ChannelCredentials | None = field(repr=False)
    """For TLS."""
    metadata: tuple[tuple[str, str], ...] = field(repr=False)
    """What goes with every call."""
    is_local: bool


def endpoint(address: str, *, api_key: str, agent_id: str, ca_file: str | PathLike[str] | None = None) -> Endpoint:
    """Reads an address such as `http://127.0.0.1:8080`; INVALID_ARGUMENT for any other, or no such key."""
    try:
        url = urlsplit(address)
        host, port = url.hostname, url.port
    except ValueError:
        raise _malformed(address) from None
    if url.scheme not in _DEFAULT_PORTS or not host or url.path.strip("/") or url.query or url.username:
        raise _malformed(address)
    for name, value in (("api_key", api_key), ("agent_id", agent_id)):
        if not (value.isascii() and value.isprintable()):
            # Not shown, as it may be a key. One that was read from a file often ends with the end of the line.
            raise AgentbusError(StatusCode.INVALID_ARGUMENT, f"{name} has characters that are not printable ASCII")
    return Endpoint(
        address=address,
        target=f"{f'[{host}]' if ':' in host else host}:{port or _DEFAULT_PORTS[url.scheme]}",
        credentials=_tls(ca_file) if url.scheme == "https" else None,
        metadata=(("authorization", f"Bearer {api_key}"), ("x-agent-id", agent_id)),
        is_local=_is_local(host),
    )


def open_channel(where: Endpoint) -> aio.Channel:
    """Makes a channel with a connection of its own, so that nobody else's failed tries are waited for."""
    options: list[tuple[str, int]] = [
        ("grpc.max_receive_message_length", limits.MAX_RESPONSE_BYTES),
        ("grpc.max_send_message_length", limits.MAX_RESPONSE_BYTES),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.initial_reconnect_backoff_ms", limits.MAX_RECONNECT_DELAY_MS),
        ("grpc.max_reconnect_backoff_ms", limits.MAX_RECONNECT_DELAY_MS),
        # The client repeats what may be repeated, and nothing else.
        ("grpc.enable_retries", 0),
        # A proxy cannot reach this machine's own interface.
        ("grpc.enable_http_proxy", 0 if where.is_local else 1),
    ]
    if where.credentials is None:
        return aio.insecure_channel(where.target, options=options)
    return aio.secure_channel(where.target, where.credentials, options=options)


def _tls(ca_file: str | PathLike[str] | None) -> grpc.ChannelCredentials:
    return grpc.ssl_channel_credentials(None if ca_file is None else Path(ca_file).read_bytes())


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _malformed(address: str) -> AgentbusError:
    return AgentbusError(
        StatusCode.INVALID_ARGUMENT,
        f"{address!r} is not the address of a bus, such as http://127.0.0.1:8080 or https://bus.example.com",
    )
