"""Files and pipes in any mix, packed or not: the good is kept, the bad is told."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import lzma
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import zstandard
from sgp4.api import Satrec

from commonsky.astro.epoch import tai_ns
from commonsky.catalogue.catalogue import concatenated
from commonsky.errors import UnreadableInput
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.formats.units import degrees, rev_day
from commonsky.node.intake import read_records
from tests.catalogue_case import catalogue_of, rows_of
from tests.formats_case import FILES, ISS, TLE_ALL, TLE_ISS, csv_of, gathered, read_text

NUMBERS = [25544, 5, 270438]
CATALOGUES = Path(__file__).parents[2].parent / "shared" / "data" / "catalogues"
needs_catalogues = pytest.mark.skipif(
    not CATALOGUES.is_dir(), reason="the shared catalogues are not on this machine"
)


@pytest.mark.parametrize("form", FILES)
@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress, zstandard.compress])
def test_files_are_known_by_their_content(tmp_path: Path, form: str, pack: object) -> None:
    path = tmp_path / "whatever.name"
    path.write_bytes(pack(FILES[form].encode()))  # type: ignore[operator]
    table = read_records(path)
    (told,) = table.provenance.inputs
    assert table.catalogue_number.tolist() == NUMBERS
    assert table.source.tolist() == ["whatever.name"] * 3
    assert told.format.partition(" (")[0] == form
    assert told.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert told.size_bytes == path.stat().st_size
    assert (told.read, told.accepted, told.quarantined) == (3, 3, 0)


@pytest.mark.parametrize("first", FILES)
@pytest.mark.parametrize("second", FILES)
@pytest.mark.parametrize("ends", [True, False])
def test_any_two_formats_in_one_stream(first: str, second: str, ends: bool) -> None:
    before = FILES[first] if ends else FILES[first].rstrip("\n")
    if not ends and first not in {"OMM JSON", "OMM XML"}:
        before += "\n"  # whose last line would run into the next
    table = read_text(before + FILES[second] + "\n" + FILES[first])
    assert table.catalogue_number.tolist() == NUMBERS * 3
    assert table.provenance.quarantined_count == 0


def test_several_files_keep_their_names(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    paths = [tmp_path / "a.tle", tmp_path / "gp.csv", tmp_path / "b" / "gp.csv"]
    for path, text in zip(paths, (TLE_ALL, FILES["OMM CSV"], FILES["OMM JSON"]), strict=True):
        path.write_text(text)
    table = read_records(*paths, "-", stdin=io.BytesIO(TLE_ALL.encode()))
    names = ["a.tle", str(paths[1]), str(paths[2]), "stdin"]
    assert [one.name for one in table.provenance.inputs] == names
    assert table.source.tolist() == [name for name in names for _ in range(3)]
    assert table.provenance.read_count == 12


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "stdin is empty"),
        (b"\n\n  \n", "nothing in it is"),
        (b"\xef\xbb\xbf", "nothing in it is"),
        (bytes(100_000), "zero bytes"),
        (b"PK\x03\x04" + bytes(50), "a zip archive; unpack it first"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"BZh91AY&SY" + bytes(50), "a bzip2 file"),
        (b"\x7fELF" + bytes(60), "a program"),
        (b"<!DOCTYPE html><html><body>404</body></html>", "a web page"),
        (b"hello\n", "text that begins with b'hello"),
        (bytes(range(128, 256)), "binary data"),
        (
            gzip.compress(gzip.compress(TLE_ALL.encode(), mtime=0), mtime=0),
            "a gzip file inside a compressed one",
        ),
        (gzip.compress(b"", mtime=0), "stdin is empty"),
        (b"\x1f\x8b", "damaged or cut off"),
        (b"{" * 100, "line 1, line: neither an element set nor its name"),
        (b"[]", "nothing in it is"),
        (csv_of(ISS).partition("\n")[0].encode(), "nothing in it is"),
    ],
)
def test_what_is_of_no_use_is_named(raw: bytes, told: str) -> None:
    with pytest.raises(UnreadableInput) as failure:
        read_text(raw)
    assert told in str(failure.value)
    assert "stdin" in str(failure.value)


def test_what_cannot_be_opened_is_named(tmp_path: Path) -> None:
    for path, why in ((tmp_path, "directory"), (tmp_path / "x", "No such file"), ("a\0b", "null")):
        with pytest.raises(UnreadableInput, match=why):
            read_records(path)
    with pytest.raises(UnreadableInput, match="no file was named"):
        read_records()
    with pytest.raises(UnreadableInput, match="only once"):
        read_records("-", "-")


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress, zstandard.compress])
def test_a_packed_file_cut_short_keeps_its_beginning_and_tells(pack: object) -> None:
    packed = pack(csv_of(*[ISS] * 200_000).encode())  # type: ignore[operator]
    table = read_text(packed[: int(len(packed) * 0.7)])
    assert len(table) > 100_000
    assert set(table.catalogue_number.tolist()) == {25544}
    (cut_off,) = [one for one in table.provenance.quarantined if "cut off" in one.reason]
    assert cut_off.line == len(table) + 2
    assert table.provenance.quarantined_count <= 2  # and the row that was cut


class Breaking(io.RawIOBase):
    """A file whose disk fails behind its first bytes."""

    def __init__(self, first: bytes) -> None:
        self._first = first

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:  # noqa: ARG002 - one piece, then none
        first, self._first = self._first, b""
        if not first:
            raise OSError(5, "Input/output error")
        return first


def test_a_disk_that_fails_is_told_and_what_came_before_stands() -> None:
    table = read_records("-", stdin=Breaking(TLE_ALL.encode()))  # type: ignore[arg-type]
    assert table.catalogue_number.tolist() == NUMBERS
    (told,) = table.provenance.quarantined
    assert told.reason == "it cannot be read to its end: Input/output error"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1", "utf-16"])
@pytest.mark.parametrize("form", ["TLE", "OMM CSV", "OMM JSON", "OMM KVN"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encodings(encoding: str, form: str, newline: str) -> None:
    text = FILES[form].replace("ISS", "ÏSS").replace("\\u00cf", "Ï").replace("\n", newline)
    table = read_text(text.encode(encoding))
    assert table.catalogue_number.tolist() == NUMBERS
    assert table.object_name[0] == "ÏSS (ZARYA)"
    assert table.provenance.quarantined_count == 0


LONG = 100_000


@pytest.mark.parametrize(
    "junk",
    [
        "x" * LONG, "\0" * LONG, '"' * LONG, "1 " * LONG, "<" * LONG, "," * LONG, "=" * LONG,
        "x" * 65_537, "<!--" + "x" * (2 << 20), "CCSDS_OMM_VERS = " + "x" * LONG,
    ],
    ids=[
        "x", "nul", "quotes", "ones", "angles", "commas", "equals", "just", "comment", "kvn",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", FILES)
def test_huge_lines_cost_nothing_good(junk: str, form: str) -> None:
    raw = f"{FILES[form]}\n{junk}\n{TLE_ALL}{junk}\n{FILES[form]}".encode()
    tables = [gathered(raw, sizes) for sizes in ([1 << 20], [30_011], [3 << 20])]
    for table in tables:
        found = concatenated(table.parts).catalogue_number.tolist()
        assert found == NUMBERS * 3
    assert tables[0].quarantined == tables[1].quarantined == tables[2].quarantined


@pytest.mark.parametrize("number", [65_535, 65_536, 65_537])
def test_a_line_is_too_long_wherever_the_input_is_cut(number: int) -> None:
    heading, row = csv_of(ISS | {"X": "y"}).split("\n")[:2]
    row += "y" * (number - len(row))
    raw = f"{heading}\n{row}\n{TLE_ISS}".encode()
    for sizes in ([1 << 20], [65_536], [1000]):
        assert gathered(raw, sizes).accepted == 1 + (number <= 65_536)


def test_one_line_of_json_or_xml_may_be_as_long_as_it_likes() -> None:
    for form in ("OMM JSON", "OMM XML"):
        assert len(read_text(FILES[form].replace("\n", ""))) == 3
    many = "[" + ", ".join([FILES["OMM JSON"][1:-1]] * 5000) + "]"
    assert len(read_text(many)) == 15_000
    head, _, rest = FILES["OMM XML"].replace("\n", "").partition("<ndm>")
    many = head + "\n<ndm>" + rest.replace("</ndm>", "") * 5000 + "</ndm>"
    assert len(read_text(many)) == 15_000


def test_written_csv_reads_back_to_the_bit() -> None:
    table = read_text("".join(FILES[form] + "\n" for form in FILES))
    text = "".join(omm_csv(table))
    assert rows_of(read_text(text)) == rows_of(table)
    assert "".join(omm_csv(read_text(text))) == text


def test_written_csv_keeps_names_epochs_and_what_is_not_known() -> None:
    table = catalogue_of(
        {"number": 7, "name": 'A "B", C', "object_id": "1998-067A", "day": 1e-13, "size": 3},
        {"number": 999_999_999, "name": "=1+1", "operator": "X, Y", "set": -1, "revolution": -1},
        {"number": 8, "name": "ÉTOILE", "classification": "", "type": 3},
    )
    read = read_text("".join(omm_csv(table)))
    assert read.object_name.tolist() == table.object_name.tolist()
    assert read.operator.tolist() == table.operator.tolist()
    assert (read.elements.epoch_tai_ns == table.elements.epoch_tai_ns).all()
    assert read.element_set_number.tolist() == [999, -1, 999]
    assert read.rcs_size.tolist() == [3, 0, 0]
    assert read.classification.tolist() == ["U", "U", ""]
    ulp = np.spacing(table.elements.inclination_rad)
    assert (abs(read.elements.inclination_rad - table.elements.inclination_rad) <= 2 * ulp).all()


def pairs_of(text: str) -> Iterator[tuple[str, str, str]]:
    name = line1 = ""
    for line in text.splitlines():
        if line.startswith("1 "):
            line1 = line
        elif line.startswith("2 "):
            yield name, line1, line
            name = ""
        else:
            name = line


@needs_catalogues
@pytest.mark.parametrize("path", sorted(CATALOGUES.glob("*.3le.xz")), ids=lambda path: path.name)
def test_every_real_element_set_is_as_the_sgp4_package_has_it(path: Path) -> None:
    table = read_records(path)
    elements = table.elements
    sets = list(pairs_of(lzma.decompress(path.read_bytes()).decode()))
    assert len(sets) == len(table) > 18_000
    assert table.provenance.quarantined_count == 0
    peers = [Satrec.twoline2rv(line1, line2) for _, line1, line2 in sets]
    columns = {
        "satnum": table.catalogue_number, "no_kozai": elements.mean_motion_rad_min,
        "ecco": elements.eccentricity, "inclo": elements.inclination_rad,
        "nodeo": elements.raan_rad, "argpo": elements.argument_of_perigee_rad,
        "mo": elements.mean_anomaly_rad, "elnum": table.element_set_number,
        "revnum": table.revolution_at_epoch, "classification": table.classification,
    }  # fmt: skip
    for name, column in columns.items():
        assert column.tolist() == [getattr(peer, name) for peer in peers], name
    # The package multiplies by powers of ten, and may miss the nearest number by a last digit.
    bstar = np.array([peer.bstar for peer in peers])
    error = np.abs(elements.bstar_per_earth_radius - bstar)
    assert (error <= 2 * np.spacing(np.abs(bstar))).all()
    days = np.array([(peer.jdsatepoch - 2_440_587.5) + peer.jdsatepochF for peer in peers])
    utc_s = (elements.epoch_tai_ns - 37 * 10**9) / 1e9  # all of them after the last leap second
    assert np.abs(utc_s - days * 86_400.0)[days > 17_167.0].max() < 1e-5
    assert table.object_name.tolist() == [name.removeprefix("0 ").strip() for name, _, _ in sets]


@needs_catalogues
@pytest.mark.parametrize("path", sorted(CATALOGUES.glob("*.csv.xz")), ids=lambda path: path.name)
def test_every_real_message_is_as_the_csv_module_has_it(path: Path) -> None:
    table = read_records(path)
    elements = table.elements
    rows = list(csv.DictReader(io.StringIO(lzma.decompress(path.read_bytes()).decode())))
    assert len(rows) == len(table) > 15_000
    assert table.provenance.quarantined_count == 0
    columns = {
        "MEAN_MOTION": rev_day(elements.mean_motion_rad_min),
        "ECCENTRICITY": elements.eccentricity,
        "INCLINATION": degrees(elements.inclination_rad),
        "RA_OF_ASC_NODE": degrees(elements.raan_rad),
        "ARG_OF_PERICENTER": degrees(elements.argument_of_perigee_rad),
        "MEAN_ANOMALY": degrees(elements.mean_anomaly_rad),
        "BSTAR": elements.bstar_per_earth_radius,
        "MEAN_MOTION_DOT": elements.mean_motion_dot_rev_day2,
        "MEAN_MOTION_DDOT": elements.mean_motion_ddot_rev_day3,
        "NORAD_CAT_ID": table.catalogue_number,
        "ELEMENT_SET_NO": table.element_set_number,
        "REV_AT_EPOCH": table.revolution_at_epoch,
    }
    for name, column in columns.items():
        assert column.tolist() == [float(row[name]) for row in rows], name
    texts = {
        "OBJECT_NAME": table.object_name,
        "OBJECT_ID": table.object_id,
        "CLASSIFICATION_TYPE": table.classification,
    }
    for name, told in texts.items():
        assert told.tolist() == [row[name].strip() for row in rows], name
    assert elements.epoch_tai_ns.tolist() == [tai_ns(row["EPOCH"]) for row in rows]
    text = "".join(omm_csv(table))
    assert rows_of(read_text(text)) == [(*row[:-1], "stdin") for row in rows_of(table)]
