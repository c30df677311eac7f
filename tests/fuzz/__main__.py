"""
`python -m tests.fuzz --seconds N`: atheris over every reader, for so long in all.

Each input is read whole, in pieces, and as a file; whatever is not an error of ours, a record that
was counted twice, or a result that depends on the pieces, ends the run and is kept in a file.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
from pathlib import Path

NAMES = ("sections", "intake", "hard_body")
LONGEST = 4096


def fuzz(name: str, seconds: int) -> None:
    """Run one target in this process, which ends with it."""
    import atheris  # noqa: PLC0415 - not installed everywhere

    with atheris.instrument_imports(include=["commonsky.formats", "commonsky.node.intake"]):
        from tests.fuzz.targets import SEEDS, TARGETS  # noqa: PLC0415 - to be instrumented
    with tempfile.TemporaryDirectory() as corpus:
        for number, text in enumerate(SEEDS):
            (Path(corpus) / f"seed{number}").write_bytes(text)
            (Path(corpus) / f"piece{number}").write_bytes(b"\x10" + text[-700:])
        options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=30"]
        atheris.Setup(
            [name, *options, f"-artifact_prefix={Path.cwd()}/fuzz-", corpus], TARGETS[name]
        )
        atheris.Fuzz()


def main() -> int:
    """Give each target its share of the time; 1 if one of them failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--target", choices=NAMES)
    given = parser.parse_args()
    if importlib.util.find_spec("atheris") is None:
        sys.stdout.write(
            "NOT FUZZED: atheris is not installed (pip install atheris); "
            "hypothesis covers the same readers in tests/property/test_formats.py\n"
        )
        return 0
    if given.target:
        fuzz(given.target, given.seconds)
    share = max(given.seconds // len(NAMES), 1)
    command = [sys.executable, "-m", "tests.fuzz", "--seconds", str(share), "--target"]
    failed = [
        name
        for name in NAMES
        if subprocess.run([*command, name], check=False).returncode  # noqa: S603 - ourselves
    ]
    sys.stdout.write(f"fuzzed {', '.join(NAMES)}, {share} s each: ")
    sys.stdout.write(f"FAILED: {', '.join(failed)}\n" if failed else "nothing found\n")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
