"""Nations with keys and outboxes at a border, before there is anything else of a node."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from commonsky.node.clock import now_tai_ns
from commonsky.node.keys import Keys, made_keys
from commonsky.share.certificates import authority_pem
from commonsky.share.connection import Patience
from commonsky.share.partner.process import PartnerProcess
from commonsky.share.pull import HttpsTransport

BRISK = Patience(connect_s=5.0, silence_s=5.0, grace_s=5.0)


class Nation:
    """One node's border."""

    def __init__(self, folder: Path, nation: str, realm: str = "ops") -> None:
        self.nation, self.folder = nation, folder / nation
        self.outbox, self.tls = self.folder / "outbox", self.folder / "partner"
        self.outbox.mkdir(parents=True)
        self.keys: Keys = made_keys(self.folder / "keys", self.tls, nation, realm, now_tai_ns())

    def knows(self, other: Nation) -> None:
        path = self.tls / "peers" / f"{other.nation}.pem"
        path.write_bytes(authority_pem(other.keys.log().authority))

    def forgets(self, other: Nation) -> None:
        (self.tls / "peers" / f"{other.nation}.pem").unlink()

    def releases(self, to: str, path: str, content: bytes) -> None:
        file = self.outbox / to / path
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(file.name + ".new")
        temporary.write_bytes(content)
        temporary.replace(file)

    def signs(self, to: str, size: int) -> None:
        self.releases(to, "checkpoint", b"origin\n%d\nroot\n\n-- signature\n" % size)

    @contextlib.contextmanager
    def listening(self, port: int = 0) -> Iterator[PartnerProcess]:
        process = PartnerProcess(self.outbox, self.tls, port=port)
        process.start()
        try:
            yield process
        finally:
            process.stop()

    @contextlib.contextmanager
    def asking(self, port: int, peer: str, patience: Patience = BRISK) -> Iterator[HttpsTransport]:
        transport = HttpsTransport(f"127.0.0.1:{port}", self.tls, peer, patience)
        try:
            yield transport
        finally:
            transport.close()


def friends(folder: Path, *nations: str, realm: str = "ops") -> list[Nation]:
    """Nations that all know each other."""
    made = [Nation(folder, nation, realm) for nation in nations]
    for one in made:
        for other in made:
            if one is not other:
                one.knows(other)
    return made
