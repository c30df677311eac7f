"""Text as UTF-8, whatever wrote it: bytes in, bytes out."""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator


def in_utf8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """
    Yield the pieces as they are, or turned into UTF-8 where they begin as UTF-16.

    Some shells write UTF-16 when told to save what a program prints.
    """
    decoder: codecs.IncrementalDecoder | None = None
    begun = False
    for piece in pieces:
        if not begun:
            begun = True
            if piece.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                decoder = codecs.getincrementaldecoder("utf-16")("replace")
        if decoder is None:
            yield piece
        elif text := decoder.decode(piece):
            yield text.encode()
