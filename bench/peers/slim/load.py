"""A process that makes load for SLIM, with its own client. See bench/load-process.ts for what it says, and bench/load for what is counted."""

import asyncio
import datetime
import json
import os
import sys
import time

import slim_bindings

SECRET = "a-secret-shared-by-all-agents-of-the-bench"
# Reliable: each message is sent again until it is confirmed.
RETRIES = 10
RETRY_EVERY = datetime.timedelta(seconds=1)
DIGITS = 10
SETTLE_SECONDS = 60


def tell(**line):
    print(json.dumps(line), flush=True)


def cpu_micros():
    times = os.times()
    return round((times.user + times.system) * 1e6)


class Meter:
    """What is measured between two moments; a latency counts if its message was due in between."""

    def __init__(self):
        self.began = self.ended = float("inf")
        self.rounds = 0
        self.buckets = {"delivered": {}, "round": {}}

    def reached(self, stage, due, now):
        if stage == "round" and self.began <= now < self.ended:
            self.rounds += 1
        if self.began <= due < self.ended:
            micros = round((now - due) * 1e6)
            counts = self.buckets[stage]
            counts[micros] = counts.get(micros, 0) + 1


class Pair:
    """A sender and its receiver, each an application with a connection of its own, and one session between them."""

    def __init__(self, order, number, meter):
        self.order, self.number, self.meter = order, number, meter
        self.sent = self.delivered = self.confirmed = 0
        self.due = {}
        self.seen = set()
        self.stopped = False
        self.filler = b"x" * (order["scenario"]["bytes"] - DIGITS)
        self.tasks = set()

    async def connect(self):
        self.receiver, receiver_name, _ = await self.open("to")
        self.sender, _, connection = await self.open("from")
        await self.sender.set_route_async(receiver_name, connection)
        config = slim_bindings.SessionConfig(
            session_type=slim_bindings.SessionType.POINT_TO_POINT,
            max_retries=RETRIES,
            interval=RETRY_EVERY,
            metadata={},
            mls_settings=None,
        )
        listening = asyncio.create_task(self.receiver.listen_for_session_async(None))
        opened = await self.sender.create_session_async(config, receiver_name)
        await opened.completion.wait_async()
        self.session = opened.session
        self.keep(self.receive(await listening))

    async def open(self, role):
        name = f"{role}-{self.order['run']}-{self.number}"
        service = slim_bindings.create_service(name)
        connection = await service.connect_async(
            slim_bindings.new_insecure_client_config(f"http://127.0.0.1:{self.order['port']}")
        )
        app_name = slim_bindings.Name("bench", "agents", name)
        app = service.create_app_with_secret(app_name, SECRET)
        await app.subscribe_async(app.name(), connection)
        return app, app_name, connection

    def keep(self, coroutine):
        task = asyncio.create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.done)

    def done(self, task):
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            print(f"{task.exception()!r}", file=sys.stderr, flush=True)
            os._exit(1)

    async def receive(self, session):
        while True:
            payload = (await session.get_message_async(None)).payload
            now = time.monotonic()
            if len(payload) != DIGITS + len(self.filler):
                raise RuntimeError(f"a message of {len(payload)} bytes came")
            message = int(payload[:DIGITS])
            if message in self.seen:
                continue
            self.seen.add(message)
            self.delivered += 1
            self.meter.reached("delivered", self.due[message], now)

    async def send_one(self, due):
        message = self.sent
        self.sent += 1
        self.due[message] = due
        handle = await self.session.publish_async(b"%0*d" % (DIGITS, message) + self.filler, None, None)
        await handle.wait_async()
        self.meter.reached("round", due, time.monotonic())
        self.confirmed += 1

    def start(self):
        scenario = self.order["scenario"]
        if "rate" in scenario:
            self.keep(self.open_loop(scenario["rate"] / scenario["pairs"]))
        else:
            for _ in range(scenario["window"]):
                self.keep(self.closed_loop())

    async def closed_loop(self):
        while not self.stopped:
            await self.send_one(time.monotonic())

    async def open_loop(self, per_second):
        started = time.monotonic()
        while not self.stopped:
            due = started + self.sent / per_second
            wait = due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            # Sent in its own task: what comes next does not wait for it.
            self.keep(self.send_one(due))
            await asyncio.sleep(0)

    def is_idle(self):
        return self.sent == self.confirmed == self.delivered


async def main():
    order = json.loads(sys.argv[1])
    slim_bindings.uniffi_set_event_loop(asyncio.get_running_loop())
    tracing = slim_bindings.new_tracing_config()
    tracing.log_level = "error"
    slim_bindings.initialize_with_configs(
        tracing_config=tracing,
        runtime_config=slim_bindings.new_runtime_config(),
        service_config=[slim_bindings.new_service_config()],
    )
    meter = Meter()
    numbers = [n for n in range(order["scenario"]["pairs"]) if n % order["parts"] == order["part"]]
    pairs = [Pair(order, number, meter) for number in numbers]
    for pair in pairs:
        await pair.connect()
    tell(**{"is": "ready"})
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
    for pair in pairs:
        pair.start()
    await asyncio.sleep(order["warmUpSeconds"])
    meter.began, cpu = time.monotonic(), cpu_micros()
    tell(**{"is": "began"})
    await asyncio.sleep(order["seconds"])
    meter.ended, cpu = time.monotonic(), cpu_micros() - cpu
    tell(**{"is": "ended"})
    for pair in pairs:
        pair.stopped = True
    limit = time.monotonic() + SETTLE_SECONDS
    while not all(pair.is_idle() for pair in pairs):
        if time.monotonic() > limit:
            counts = [(pair.sent, pair.delivered, pair.confirmed) for pair in pairs]
            raise RuntimeError(f"not everything came to its end: {counts}")
        await asyncio.sleep(0.005)
    sent, delivered, confirmed = (sum(getattr(p, n) for p in pairs) for n in ("sent", "delivered", "confirmed"))
    tell(
        **{
            "is": "result",
            "result": {
                "seconds": meter.ended - meter.began,
                "rounds": meter.rounds,
                "counts": {
                    "sent": sent,
                    "accepted": confirmed,
                    "due": confirmed,
                    "delivered": delivered,
                    "acknowledged": confirmed,
                },
                "latencies": {stage: sorted(counts.items()) for stage, counts in meter.buckets.items()},
                "loadCpuMicros": cpu,
            },
        }
    )
    # Sessions and connections end with the process.
    os._exit(0)


asyncio.run(main())
