"""The data plane of SLIM alone, on a port: the argument. As its own example does it, without its prints."""

import asyncio
import signal
import sys

import slim_bindings


async def main(port: str) -> None:
    tracing = slim_bindings.new_tracing_config()
    tracing.log_level = "error"
    slim_bindings.initialize_with_configs(
        tracing_config=tracing,
        runtime_config=slim_bindings.new_runtime_config(),
        service_config=[slim_bindings.new_service_config()],
    )
    service = slim_bindings.get_global_service()
    await service.run_server_async(slim_bindings.new_insecure_server_config(f"127.0.0.1:{port}"))
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()


asyncio.run(main(sys.argv[1]))
