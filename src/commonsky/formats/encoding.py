"""Text as UTF-8, whatever wrote it: bytes in, bytes out."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

ENOUGH = 256  # bytes, to know the encoding and what an XML document says of it
DECLARED = re.compile(
    r"""(<\?xml[^>]{0,80}?encoding\s*=\s*["'])utf-?16(?:le|be)?(?=["'])""", re.IGNORECASE
)


def in_utf8(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """
    Yield the pieces as they are, or turned into UTF-8 where they begin as UTF-16.

    Some shells write UTF-16 when told to save what a program prints.
    """
    remaining = iter(pieces)
    beginning = b""
    while len(beginning) < ENOUGH and (piece := next(remaining, None)) is not None:
        beginning += piece
    if not beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        yield beginning
        yield from remaining
        return
    decoder = codecs.getincrementaldecoder("utf-16")("replace")
    # An XML document that says what it was would be refused for what it is now.
    yield DECLARED.sub(r"\1utf-8", decoder.decode(beginning)).encode()
    for piece in remaining:
        yield decoder.decode(piece).encode()
    yield decoder.decode(b"", final=True).encode()
