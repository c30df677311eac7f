"""A log with another past, as whoever stole a node's log key would make it; to be caught."""

from __future__ import annotations

from pathlib import Path

from commonsky.node.cycle import Node
from commonsky.share.log import checkpoint, note, tile
from commonsky.share.log.directory import write_whole
from commonsky.share.log.merkle import Frontier, leaf_hash

LEVELS = 8


def forked(node: Node, recipient: str, folder: Path) -> None:
    """
    Write the log for a recipient with its first entry left out, and one more at its end.

    It is of the same size, whole in itself, and signed by the node's own key.
    """
    log = node.store.outgoing_log(recipient)
    if log is None:
        raise ValueError(f"there is no log for {recipient}")
    entries = [one.entry for one in node.store.outgoing(recipient)][: log.checkpoint_size]
    told = [*entries[1:], entries[0]] if len(entries) > 1 else [b"{}"] * max(len(entries), 1)
    hashes = [leaf_hash(entry) for entry in told]
    tree = Frontier()
    tree.append(hashes)
    for index in range(-(-len(told) // tile.WIDTH)):
        width = tile.width_at(0, index, len(told))
        part = slice(index * tile.WIDTH, index * tile.WIDTH + width)
        write_whole(folder / tile.path(tile.ENTRIES, index, width), tile.bundle(told[part]))
        empty = [b""] * width
        write_whole(folder / tile.path(tile.BODIES, index, width), tile.bodies(empty))
        write_whole(folder / tile.path(0, index, width), b"".join(hashes[part]))
    state = checkpoint.Checkpoint(log.origin, len(told), tree.root())
    signed = note.signed(bytes(state), log.origin, node.signer)
    write_whole(folder / "checkpoint", signed)
