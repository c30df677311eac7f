"""Two-line element sets, with or without names: bytes in, tables out."""

from __future__ import annotations

import numpy as np

from commonsky.astro.arrays import Ints
from commonsky.astro.elements import MeanElements
from commonsky.catalogue.catalogue import Catalogue, Texts
from commonsky.formats.gathering import Bools, Checks, Gathering, Taken, plain_text
from commonsky.formats.limits import check_epoch, check_orbit, check_theory
from commonsky.formats.naming import known_types, numbered
from commonsky.formats.sniff import format_begun_by
from commonsky.formats.tle_fields import LENGTH, PLACES, Fields
from commonsky.formats.tle_lines import Lines, after, before
from commonsky.formats.tle_writer import write_tle
from commonsky.formats.units import rad_min, radians

__all__ = ["TleReader", "write_tle"]

FORM = "TLE"


class TleReader:
    """
    Reads whole lines of element sets, and notices where another format begins.

    A line directly before a line 1 is its name.  Lines that begin with # are skipped; any other
    that belongs to no element set is set aside.
    """

    whole_lines = True

    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering

    def take(self, block: bytes, line: int, *, final: bool) -> Taken:
        """
        Read a block of whole lines, the first of which is number `line` of the input.

        Unless it is the `final` block, an element set that may go on in the next is left unread.
        """
        if not block:
            return Taken(0)
        text = Lines(block, line)
        end = len(text) if final else text.settled()
        other = np.flatnonzero(text.is_other[:end])
        for place in other[text.could_begin(other)].tolist():
            begun = format_begun_by(text.raw(place))
            if begun is not None:
                self._read(text, place)
                return Taken(int(text.start[place]), begun)
        self._read(text, end)
        return Taken(len(block) if end == len(text) else int(text.start[end]))

    def _read(self, text: Lines, end: int) -> None:
        """Read the first `end` lines, as if nothing came after them."""
        first, second, other = text.is_first[:end], text.is_second[:end], text.is_other[:end]
        name = text.is_name(np.arange(end)) & before(first)
        self._refuse(text, other & ~name, "line", "neither an element set nor its name")
        self._refuse(text, first & ~before(second), "line 2", "no line 2 follows this line 1")
        self._refuse(text, second & ~after(first), "line 1", "no line 1 before this line 2")
        pairs = np.flatnonzero(first & before(second))
        right = (text.length[pairs] == LENGTH) & (text.length[pairs + 1] == LENGTH)
        self._refuse_lengths(text, pairs[~right])
        if right.any():
            self._accept(text, pairs[right])

    def _refuse(self, text: Lines, which: Bools, field: str, reason: str) -> None:
        rows = np.flatnonzero(which)
        self.gathering.refuse_all(
            text.number[rows], field, reason, lambda row: plain_text(text.raw(int(rows[row])))
        )

    def _refuse_lengths(self, text: Lines, pairs: Ints) -> None:
        for pair in pairs.tolist():
            line = 1 if text.length[pair] != LENGTH else 2
            row = pair + line - 1
            self.gathering.refuse(
                int(text.number[row]),
                f"line {line}",
                f"{text.length[row]} characters long, but an element set has {LENGTH}",
                plain_text(text.raw(row)),
            )

    def _accept(self, text: Lines, pairs: Ints) -> None:
        """Read the element sets whose line 1 is in these places."""
        checks = Checks(len(pairs))
        fields = Fields(text.columns(pairs), text.columns(pairs + 1), checks)
        table = self._table(fields, text.names(pairs))

        def found(row: int, field: str) -> str:
            line, first, end = PLACES[field]
            return plain_text(text.raw(int(pairs[row]) + line - 1)[first:end])

        rows = checks.report(
            self.gathering,
            text.number[pairs],
            found,
            lambda row: plain_text(text.raw(int(pairs[row]))),
        )
        self.gathering.accept(table if len(rows) == len(table) else table.take(rows), FORM)

    def _table(self, fields: Fields, names: Texts) -> Catalogue:
        """All element sets as a catalogue; rows that fail a check hold anything."""
        checks = fields.checks
        fields.check_layout()
        number = fields.catalogue_number()
        epoch = fields.epoch_tai_ns()
        motion = fields.fixed("MEAN_MOTION", 2)
        eccentricity = fields.eccentricity()
        inclination = fields.fixed("INCLINATION", 3)
        angles = {
            name: fields.fixed(name, 3)
            for name in ("RA_OF_ASC_NODE", "ARG_OF_PERICENTER", "MEAN_ANOMALY")
        }
        elements = MeanElements(
            epoch,
            rad_min(motion),
            eccentricity,
            radians(inclination),
            radians(angles["RA_OF_ASC_NODE"]),
            radians(angles["ARG_OF_PERICENTER"]),
            radians(angles["MEAN_ANOMALY"]),
            fields.exponential("BSTAR"),
            fields.fixed("MEAN_MOTION_DOT", 1, signed=True),
            fields.exponential("MEAN_MOTION_DDOT"),
        )
        check_epoch(checks, epoch)
        check_orbit(checks, motion, eccentricity, inclination, angles)
        check_theory(checks, fields.integer("EPHEMERIS_TYPE"))
        object_id = fields.object_id()
        n = len(names)
        return Catalogue(
            elements,
            numbered(number, object_id, names, checks, self.gathering.numbers),
            object_id,
            names,
            known_types(names),
            np.zeros(n, dtype=np.int8),
            np.zeros(n, dtype="U1"),
            fields.classification(),
            fields.integer("ELEMENT_SET_NO"),
            fields.integer("REV_AT_EPOCH"),
            np.full(n, self.gathering.source),
        )
