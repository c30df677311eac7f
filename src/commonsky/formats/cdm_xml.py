"""Conjunction data messages in XML: records in, bytes out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import chain, groupby

from commonsky.formats.cdm import VERSION, ConjunctionDataMessage, Entry, Sections, sections
from commonsky.formats.cdm_fields import checked_line

SCHEMA = "https://sanaregistry.org/r/ndmxml_unqualified/ndmxml-2.0.0-master-2.0.xsd"
BEGINNING = (
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<cdm xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"',
    f'     xsi:noNamespaceSchemaLocation="{SCHEMA}"',
    f'     id="CCSDS_CDM_VERS" version="{VERSION}">',
)
RELATIVE_STATE = ("RELATIVE_POSITION_", "RELATIVE_VELOCITY_")
INDENT = "  "


def cdm_xml(message: ConjunctionDataMessage) -> bytes:
    """Return a message in NDM/XML; what it cannot carry raises `NotRepresentable`."""
    lines = [*BEGINNING, *_body(sections(message)), "</cdm>"]
    return ("\n".join(map(checked_line, lines)) + "\n").encode("ascii")


def _body(said: Sections) -> Iterator[str]:
    yield from _block("header", _elements(said.header))
    relative = _block("relativeMetadataData", _relative(said.relative))
    segments = (_block("segment", _segment(*blocks)) for blocks in said.objects)
    yield from _block("body", chain(relative, *segments))


def _segment(metadata: list[Entry], state: list[Entry], covariance: list[Entry]) -> Iterator[str]:
    yield from _block("metadata", _elements(metadata))
    blocks = (
        _block("stateVector", _elements(state)),
        _block("covarianceMatrix", _elements(covariance)),
    )
    yield from _block("data", chain(*blocks))


def _block(name: str, inside: Iterable[str]) -> Iterator[str]:
    yield f"<{name}>"
    yield from (INDENT + line for line in inside)
    yield f"</{name}>"


def _relative(entries: list[Entry]) -> Iterator[str]:
    """Elements of the relative data, where the state has an element of its own."""
    for is_state, group in groupby(entries, lambda one: one[0].startswith(RELATIVE_STATE)):
        elements = _elements(group)
        yield from _block("relativeStateVector", elements) if is_state else elements


def _elements(entries: Iterable[Entry]) -> Iterator[str]:
    for keyword, text, unit in entries:
        attribute = f' units="{unit}"' if unit else ""
        yield f"<{keyword}{attribute}>{escape(text, quote=False)}</{keyword}>"
