"""AutoGen's own host of distributed agents on a port: the argument."""

import asyncio
import sys

from autogen_ext.runtimes.grpc import GrpcWorkerAgentRuntimeHost


async def main(port: str) -> None:
    host = GrpcWorkerAgentRuntimeHost(f"127.0.0.1:{port}")
    host.start()
    await host.stop_when_signal()


asyncio.run(main(sys.argv[1]))
