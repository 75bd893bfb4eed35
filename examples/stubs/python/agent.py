"""An agent without a client: nothing but the generated stubs and gRPC.

It answers a task {"text": …} with the text in capitals. Run it with gen/python on PYTHONPATH; it reads AGENT_BUS_URL,
AGENT_BUS_API_KEY and AGENT_ID. What a client does besides (reconnecting, sending again, cancellation) is left out here.
"""

import os
import queue
import signal
import threading
import time
import uuid
from urllib.parse import urlsplit

import grpc
from google.protobuf.struct_pb2 import Struct

from agentbus.v1.agent_pb2 import AgentDescriptor
from agentbus.v1.agent_service_pb2_grpc import AgentServiceStub
from agentbus.v1.agent_stream_pb2 import (
    AckFrame,
    AgentStreamRequest,
    ClientHeartbeat,
    Hello,
    RejectFrame,
    SendFrame,
)
from agentbus.v1.delivery_pb2 import Delivery
from agentbus.v1.envelope_pb2 import (
    MESSAGE_TYPE_TASK_REQUEST,
    MESSAGE_TYPE_TASK_RESPONSE,
    Envelope,
    Recipient,
    Sender,
)

URL = os.environ.get("AGENT_BUS_URL", "http://127.0.0.1:8080")
API_KEY = os.environ.get("AGENT_BUS_API_KEY", "dev-key")
AGENT_ID = os.environ.get("AGENT_ID", "python://stub")

# What is put here goes to the bus, in this order; None ends the agent's side of the stream.
outgoing: queue.SimpleQueue[AgentStreamRequest | None] = queue.SimpleQueue()
# Deliveries of tasks whose answer is on its way, by the message_id of the answer.
answered: dict[str, str] = {}


def answer(delivery: Delivery) -> None:
    """Sends the answer to a task. What is no task is given up."""
    task = delivery.message
    if task.message_type != MESSAGE_TYPE_TASK_REQUEST:
        reject = RejectFrame(delivery_ids=[delivery.delivery_id], drop=True, reason="only tasks are answered here")
        outgoing.put(AgentStreamRequest(reject=reject))
        return
    payload = Struct()
    payload["text"] = task.payload.fields["text"].string_value.upper()
    response = Envelope(
        # The same for each delivery of the task: the bus takes a second answer for a duplicate.
        message_id=f"answer-{uuid.uuid5(uuid.NAMESPACE_URL, f'{task.sender.agent_id} {task.message_id}')}",
        # The answer is in the session of the task, and names it.
        sender=Sender(agent_id=AGENT_ID, session_id=task.sender.session_id),
        recipient=Recipient(agent_id=task.sender.agent_id),
        message_type=MESSAGE_TYPE_TASK_RESPONSE,
        correlation_id=task.message_id,
        payload=payload,
    )
    answered[response.message_id] = delivery.delivery_id
    outgoing.put(AgentStreamRequest(send=SendFrame(messages=[response])))


def beat(interval: float) -> None:
    """Says something every so many seconds: after two intervals of silence the bus takes an agent for gone."""
    while True:
        time.sleep(interval)
        outgoing.put(AgentStreamRequest(heartbeat=ClientHeartbeat()))


def main() -> None:
    """Joins, works until SIGTERM, and leaves."""
    signal.signal(signal.SIGTERM, lambda *_: outgoing.put(None))
    hello = Hello(agent=AgentDescriptor(agent_id=AGENT_ID), instance_id=str(uuid.uuid4()), max_in_flight=16)
    outgoing.put(AgentStreamRequest(hello=hello))
    with grpc.insecure_channel(urlsplit(URL).netloc) as channel:
        metadata = [("authorization", f"Bearer {API_KEY}"), ("x-agent-id", AGENT_ID)]
        for frame in AgentServiceStub(channel).AgentStream(iter(outgoing.get, None), metadata=metadata):
            kind = frame.WhichOneof("frame")
            if kind == "welcome":
                interval = frame.welcome.heartbeat_interval.ToTimedelta().total_seconds()
                # A daemon: it does not keep the program from ending.
                threading.Thread(target=beat, args=[interval / 2], daemon=True).start()
                print("ready", flush=True)
            elif kind == "delivery":
                for delivery in frame.delivery.deliveries:
                    answer(delivery)
            elif kind == "send_result":
                for result in frame.send_result.results:
                    delivery_id = answered.pop(result.message_id, None)
                    if delivery_id is None:
                        # The answer to a task that was delivered twice is the same, and settled the second delivery.
                        continue
                    if result.WhichOneof("outcome") == "error":
                        reject = RejectFrame(delivery_ids=[delivery_id], drop=True, reason=result.error.message)
                        outgoing.put(AgentStreamRequest(reject=reject))
                    else:
                        # Only now: the answer is on disk. A crash before this delivers the task again.
                        outgoing.put(AgentStreamRequest(ack=AckFrame(delivery_ids=[delivery_id])))


main()
