"""
NATS JetStream with the payload of bench/feed.py: published with acknowledgement, consumed, acked.

Run by hand: it needs Debian's `nats-server` on the path, and `pip install nats-py`.

    python bench/against/nats_jetstream.py [--records 100000] [--bytes 1000]

A stream in files, one replica, as installed: the server fsyncs every two minutes, so that what it
acknowledges may be lost with the power; our ledgers are durable at each commit.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import tempfile
import time
from typing import Any

IN_FLIGHT, BATCH, PORT = 1000, 1000, 14_222


async def publish(stream: Any, records: int, payload: bytes) -> float:  # noqa: ANN401 - nats
    began = time.perf_counter()
    for start in range(0, records, IN_FLIGHT):
        await asyncio.gather(
            *(stream.publish("sky.AUS", payload) for _ in range(min(IN_FLIGHT, records - start)))
        )
    return time.perf_counter() - began


async def consume(stream: Any, records: int) -> float:  # noqa: ANN401 - nats
    reader = await stream.pull_subscribe("sky.AUS", durable="GBR")
    began, count = time.perf_counter(), 0
    while count < records:
        batch = await reader.fetch(min(BATCH, records - count), timeout=10)
        for message in batch:
            await message.ack()
        count += len(batch)
    return time.perf_counter() - began


async def both(records: int, size: int) -> tuple[float, float]:
    import nats  # noqa: PLC0415 - of another environment

    client = await nats.connect(f"nats://127.0.0.1:{PORT}")
    stream = client.jetstream(publish_async_max_pending=IN_FLIGHT)
    await stream.add_stream(name="sky", subjects=["sky.*"])
    payload = b"x" * size
    took = await publish(stream, records, payload), await consume(stream, records)
    await client.close()
    return took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=1000)
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        command = ["nats-server", "-js", "-sd", folder, "-p", str(PORT)]
        server = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - the peer
        time.sleep(1.0)
        try:
            publish_s, consume_s = asyncio.run(both(told.records, told.bytes))
        finally:
            server.terminate()
            server.wait()
    n = told.records
    print(f"published {n / publish_s:,.0f}/s, consumed and acknowledged {n / consume_s:,.0f}/s, "
          f"one after the other {n / (publish_s + consume_s):,.0f}/s")  # fmt: skip


if __name__ == "__main__":
    main()
