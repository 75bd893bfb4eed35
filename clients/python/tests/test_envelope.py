"""Envelopes and frames say what the contract asks for, within its bounds."""

from datetime import datetime, timedelta, timezone

import pytest

from agentbus import (
    AgentbusError,
    AllParticipants,
    Capability,
    Message,
    MessageState,
    MessageType,
    NewTask,
    Replies,
    Retry,
    Role,
    StatusCode,
)
from agentbus._wire.envelope import encode_envelope, envelope_of
from agentbus._wire.frames import drain_frame, heartbeat_frame, send_frame
from agentbus._wire.times import duration, moment_of, seconds_of, timestamp
from agentbus.messages import task_request
from agentbus.v1.agent_stream_pb2 import AgentStreamRequest, SendFrame
from agentbus.v1.envelope_pb2 import Envelope

NOW = datetime(2026, 2, 1, 12, 30, 0, 250_000, tzinfo=timezone.utc)


def made(message: Message) -> Envelope:
    return envelope_of(message, sender="python://me", message_id="msg_1", now=NOW)


def test_a_message_without_an_id_is_stamped() -> None:
    envelope = made(Message("python://other", {"a": 1}))
    assert envelope.message_id == "msg_1"
    assert moment_of(envelope.timestamp) == NOW
    assert not envelope.HasField("routing")


def test_a_message_with_an_id_is_the_same_each_time() -> None:
    message = Message("python://other", {"a": 1}, message_id="mine")
    later = envelope_of(message, sender="python://me", message_id="msg_2", now=NOW + timedelta(1))
    assert not later.HasField("timestamp")
    assert encode_envelope(later) == encode_envelope(made(message))


def test_nothing_is_no_content_and_an_empty_object_is_one() -> None:
    assert made(Message("python://other")).WhichOneof("content") is None
    assert made(Message("python://other", {})).WhichOneof("content") == "payload"
    assert made(Message("python://other", data=b"")).WhichOneof("content") == "data"


def test_addresses() -> None:
    assert made(Message(Role("reviewer"))).recipient.role == "reviewer"
    assert made(Message(Capability("haiku"))).recipient.capability == "haiku"
    assert made(Message(AllParticipants())).recipient.all_participants


def test_a_task_says_its_routing() -> None:
    task = NewTask(
        "python://other",
        task_id="t",
        timeout=1.5,
        retry=Retry(max_retries=2, initial_delay=0.25),
        fallback_agents=["python://third"],
        receipts=[MessageState.DELIVERED],
        expires_at=NOW,
    )
    envelope = made(task_request(task, replies=Replies.SESSION, session_id="sess"))
    routing = envelope.routing
    assert MessageType(envelope.message_type) is MessageType.TASK_REQUEST
    assert (envelope.message_id, envelope.sender.session_id) == ("t", "sess")
    assert (seconds_of(routing.timeout), seconds_of(routing.retry_policy.initial_delay)) == (1.5, 0.25)
    assert (routing.retry_policy.max_retries, list(routing.fallback_agents)) == (2, ["python://third"])
    assert [MessageState(state) for state in routing.receipts] == [MessageState.DELIVERED]
    assert Replies(routing.reply_mode) is Replies.SESSION
    assert moment_of(routing.expires_at) == NOW


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        timestamp(datetime(2026, 2, 1))


def test_times_keep_their_microseconds() -> None:
    assert seconds_of(duration(0.000_001)) == 0.000_001
    assert seconds_of(duration(3600)) == 3600
    assert moment_of(timestamp(NOW)) == NOW


def test_too_large_is_refused_with_the_facts() -> None:
    envelope = made(Message("python://other", data=b"\0" * 4_128_768))
    with pytest.raises(AgentbusError) as raised:
        encode_envelope(envelope)
    assert raised.value.code is StatusCode.RESOURCE_EXHAUSTED
    assert raised.value.reason == "MESSAGE_TOO_LARGE"
    assert raised.value.facts == {"limit": "4128768", "actual": str(envelope.ByteSize())}


@pytest.mark.parametrize("size", [0, 100, 20_000, 3_000_000])
def test_a_frame_of_encoded_envelopes_is_what_the_codec_writes(size: int) -> None:
    envelopes = [made(Message("python://other", data=b"x" * size)) for _ in range(3)]
    written = send_frame([encode_envelope(envelope) for envelope in envelopes])
    assert AgentStreamRequest.FromString(written) == AgentStreamRequest(send=SendFrame(messages=envelopes))


def test_frames_without_facts_are_frames() -> None:
    assert AgentStreamRequest.FromString(drain_frame()).WhichOneof("frame") == "drain"
    assert AgentStreamRequest.FromString(heartbeat_frame(0)).WhichOneof("frame") == "heartbeat"
