"""
`python -m tests.fuzz --seconds N`: atheris over every reader, for so long in all.

Each input is read whole, in pieces, and as a file; whatever is not an error of ours, a record that
was counted twice, or a result that depends on the pieces, ends the run and is kept in a file.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from commonsky.errors import CommonskyError, UnreadableInput
from commonsky.formats.hard_body import hard_body_radii_km
from commonsky.formats.omm_csv_writer import omm_csv
from commonsky.node.intake import read_records
from tests.catalogue_case import rows_of
from tests.formats_case import FILES, gathered
from tests.property.test_formats import SHAPES, consistent, told

Target = Callable[[bytes], None]
LONGEST = 4096


def fuzz_sections(raw: bytes) -> None:
    """Read the bytes after the first whole, and in pieces as long as the first says."""
    size, text = raw[:1] or b"\0", raw[1:]
    whole, pieces = gathered(text), gathered(text, [size[0] + 1])
    consistent(whole)
    assert told(whole) == told(pieces)


def fuzz_intake(raw: bytes) -> None:
    """Read as a file, unpacking included; what is good can be written and read again."""
    try:
        table = read_records("-", stdin=io.BytesIO(raw))
    except UnreadableInput:
        return
    source = table.provenance.inputs[0]
    assert source.read == source.accepted + source.quarantined
    again = read_records("-", stdin=io.BytesIO("".join(omm_csv(table)).encode()))
    assert [row[0] for row in rows_of(again)] == [row[0] for row in rows_of(table)]


def fuzz_hard_body(raw: bytes) -> None:
    """Read a list of radii."""
    try:
        radii = hard_body_radii_km(raw)
    except CommonskyError:
        return
    assert all(0.0 < radius_km <= 1.0 for radius_km in radii.values())


TARGETS: dict[str, Target] = {
    "sections": fuzz_sections,
    "intake": fuzz_intake,
    "hard_body": fuzz_hard_body,
}


def seeds(directory: Path) -> None:
    """Put small good files where the fuzzer looks for something to change."""
    texts = [*SHAPES, b"NORAD_CAT_ID,HARD_BODY_RADIUS_M\n25544,54.5\n"]
    for number, text in enumerate(texts):
        (directory / f"seed{number}").write_bytes(text)
        (directory / f"piece{number}").write_bytes(b"\x10" + text[-700:])


def fuzz(name: str, seconds: int, corpus: Path) -> None:
    """Run one target in this process, which ends with it."""
    import atheris  # noqa: PLC0415 - not installed everywhere

    atheris.instrument_all()
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=30"]
    atheris.Setup([name, *options, f"-artifact_prefix={Path.cwd()}/fuzz-", str(corpus)],
                  TARGETS[name])  # fmt: skip
    atheris.Fuzz()


def main() -> int:
    """Give each target its share of the time; 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--target", choices=TARGETS)
    given = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.stdout.write(
            "NOT FUZZED: atheris is not installed (pip install atheris); "
            "hypothesis covers the same readers in tests/property/test_formats.py\n"
        )
        return 0
    with tempfile.TemporaryDirectory() as corpus:
        seeds(Path(corpus))
        if given.target:
            fuzz(given.target, given.seconds, Path(corpus))
        share = max(given.seconds // len(TARGETS), 1)
        failed = [
            name
            for name in TARGETS
            if subprocess.run(  # noqa: S603 - ourselves
                [sys.executable, "-m", "tests.fuzz", "--target", name, "--seconds", str(share)],
                check=False,
            ).returncode
        ]
    sys.stdout.write(f"fuzzed {len(FILES)} formats by {', '.join(TARGETS)}, {share} s each: ")
    sys.stdout.write(f"FAILED: {', '.join(failed)}\n" if failed else "nothing found\n")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
