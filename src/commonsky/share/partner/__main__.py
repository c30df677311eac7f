"""`python -m commonsky.share.partner`: the partner listener, started by its node."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
from pathlib import Path

from commonsky.share.partner import files
from commonsky.share.partner.confinement import confine
from commonsky.share.partner.listener import Listener

BACKLOG = 128


def main() -> None:
    """Bind, give up everything that is not needed, and serve until the node is gone."""
    parser = argparse.ArgumentParser(prog="commonsky.share.partner", description=__doc__)
    parser.add_argument("--outbox", type=Path, required=True, help="a folder for each nation")
    parser.add_argument("--tls", type=Path, required=True, help="key.pem, and peers/NATION.pem")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    told = parser.parse_args()
    door = _bound(told.host, told.port)
    outbox, tls = (os.open(path, files.FOLDER) for path in (told.outbox, told.tls))
    listener = Listener(door, outbox, tls, told.tls)
    for told_to in (sys.stdout, sys.stderr):
        os.set_blocking(told_to.fileno(), False)  # a node that does not listen holds up nobody
    held = confine([outbox, tls])
    _say(json.dumps({"port": door.getsockname()[1], "confinement": held}))
    asyncio.run(_serve(listener))


def _bound(host: str, port: int) -> socket.socket:
    """A listening socket; an empty host is every address of this machine."""
    if host in {"", "::"}:
        dual = socket.has_dualstack_ipv6()
        family = socket.AF_INET6 if dual else socket.AF_INET
        return socket.create_server(
            ("", port), family=family, backlog=BACKLOG, dualstack_ipv6=dual
        )
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    return socket.create_server((host, port), family=family, backlog=BACKLOG)


async def _serve(listener: Listener) -> None:
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, listener.reload)
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    serving = asyncio.ensure_future(listener.run(commands, _say))
    for ending in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(ending, commands.feed_eof)
    await serving


def _say(line: str) -> None:
    """Tell the node, if it listens; short lines are whole or not at all."""
    with contextlib.suppress(OSError):
        os.write(sys.stdout.fileno(), line.encode() + b"\n")


if __name__ == "__main__":
    main()
