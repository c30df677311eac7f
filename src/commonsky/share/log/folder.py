"""
The files of one log of ours in a folder: written whole, each before the checkpoint it is in.

They are durable only once they are settled.  A process that is killed loses nothing by that; after
a power failure, what was not settled is written again.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from commonsky.share.log import tile
from commonsky.share.log.checkpoint import Checkpoint
from commonsky.share.log.directory import CHECKPOINT, UNFINISHED, begin, finish, settle
from commonsky.share.log.edge import Edge
from commonsky.share.log.merkle import HASH_BYTES
from commonsky.share.log.tile import HEIGHT, WIDTH


class LogFolder:
    """A folder that a log is, or will be, in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def write(self, files: Iterable[tuple[str, bytes]]) -> list[str]:
        """Write files, each whole, but not yet durable; return their paths."""
        paths = []
        for path, content in files:
            begin(self._folder / path, content)
            paths.append(path)
        for path in paths:
            finish(self._folder / path)
        return paths

    def settle(self, paths: Iterable[str]) -> None:
        """Make files durable, as far as they are still there."""
        for path in paths:
            with suppress(FileNotFoundError):
                settle(self._folder / path)

    def write_checkpoint(self, signed: bytes) -> list[str]:
        """Write the checkpoint, after all that it covers."""
        return self.write([(CHECKPOINT, signed)])

    def checkpoint(self) -> bytes:
        """Return the checkpoint that is written here, b"" where none is."""
        try:
            return (self._folder / CHECKPOINT).read_bytes()
        except FileNotFoundError:
            return b""

    def edge(self, state: Checkpoint) -> Edge:
        """Return the edge of a log of which every file is here; an empty one where not."""
        there = set(self._paths())
        if not all(tile.path(*one) in there for one in tile.widths(state.size)):
            return Edge()
        edge = self._read_edge(state.size)
        return edge if edge.frontier().root() == state.root else Edge()

    def remove_partials(self, before: int, size: int) -> None:
        """Remove partial files of what is full now; readers of older checkpoints use the full."""
        for kind in (tile.ENTRIES, tile.BODIES, *range(1 + size.bit_length() // HEIGHT)):
            shift = HEIGHT * kind if isinstance(kind, int) else 0
            index = before >> (shift + HEIGHT)
            if (before >> shift) % WIDTH and (size >> (shift + HEIGHT)) > index:
                self._remove_partials(kind, index)

    def tidy(self, size: int) -> None:
        """Remove what a process that was killed left behind."""
        for path in list(self._paths()):
            whole, partial, _ = path.partition(".p/")
            if path.endswith(UNFINISHED) or (partial and (self._folder / whole).exists()):
                (self._folder / path).unlink()
        for kind, index, width in tile.widths(size):
            if width == WIDTH:
                self._remove_partials(kind, index)

    def partial_widths(self, kind: str, index: int) -> list[int]:
        """Return the widths of the partial bundles of an index that are here."""
        folder = (self._folder / tile.path(kind, index, 1)).parent
        return sorted(int(path.name) for path in folder.glob("*") if path.name.isdecimal())

    def _remove_partials(self, kind: int | str, index: int) -> None:
        folder = (self._folder / tile.path(kind, index, 1)).parent
        if folder.exists():
            for path in folder.iterdir():
                path.unlink()
            folder.rmdir()

    def _read_edge(self, size: int) -> Edge:
        """The edge in the last tiles, which may be anything."""
        rows: list[list[bytes]] = []
        while size >> (HEIGHT * len(rows)):
            level = len(rows)
            index, width = divmod(size >> (HEIGHT * level), WIDTH)
            path = self._folder / tile.path(level, index, width)
            content = path.read_bytes() if width else b""
            if len(content) != width * HASH_BYTES:
                return Edge()
            rows.append([content[k : k + HASH_BYTES] for k in range(0, len(content), HASH_BYTES)])
        return Edge(size, rows)

    def _paths(self) -> Iterator[str]:
        """Every file, relative to the folder."""
        for folder, _, names in os.walk(self._folder):
            at = Path(folder).relative_to(self._folder).as_posix()
            yield from (name if at == "." else f"{at}/{name}" for name in names)
