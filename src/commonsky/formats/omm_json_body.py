"""OMM in JSON, one to a body: the bodies of many records in, one table out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.formats.gathering import Gathering, plain_text
from commonsky.formats.omm import KEYWORDS, Messages
from commonsky.formats.omm_json import DECODER, FORM, LONGEST_RECORD, LONGEST_TAIL, pairs

NO_BODY = "no JSON object"


def gather_bodies(bodies: Sequence[bytes], gathering: Gathering) -> Ints:
    """
    Gather the element set in each body; return (k,) the numbers of the good ones, in order.

    A body is one JSON object and nothing else, so that a bad one costs no other.  In what is set
    aside the number of the body, from 0, stands for the line.
    """
    messages = Messages(gathering, FORM, by_standard=False)
    met = []
    for number, body in enumerate(bodies):
        message = _message(body)
        if isinstance(message, str):
            gathering.refuse(number, "", message, plain_text(body[:LONGEST_TAIL]))
            continue
        if not message:
            gathering.refuse(number, "", "says nothing of an orbit")
            continue
        messages.add(message, number)
        met.append(number)
    good = messages.flush()
    return np.array(met, np.int64)[good]


def _message(body: bytes) -> Mapping[str, str] | str:
    """Return keywords and texts of a body, or why it has none."""
    if len(body) > LONGEST_RECORD:
        return f"longer than {LONGEST_RECORD} bytes"
    try:
        decoded = DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return f"{NO_BODY}: {error}"
    except RecursionError:
        return f"{NO_BODY} that can be read: it is nested too deep"
    if not isinstance(decoded, dict):
        return NO_BODY
    # Ours, and most, are flat and name what is known alone.
    if decoded.keys() <= KEYWORDS and set(map(type, decoded.values())) <= {str, int}:
        return {keyword: str(value) for keyword, value in decoded.items()}
    return _flattened(decoded)


def _flattened(decoded: Mapping[str, Any]) -> Mapping[str, str] | str:
    message: dict[str, str] = {}
    for keyword, text in pairs(decoded):
        if message.setdefault(keyword, text) != text:
            return f"{keyword} stands twice in it"
    return message
