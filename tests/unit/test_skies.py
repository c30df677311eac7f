"""`commonsky population`: what is written, and what is held while it is."""

import io
import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from commonsky.catalogue.population import population
from commonsky.formats.omm_csv_writer import ROWS_AT_ONCE, omm_csv
from commonsky.show.cli import skies
from commonsky.show.cli.voice import Voice
from tests.catalogue_case import catalogue_of


class Ears:
    """Takes the place of a voice and keeps what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, float, float]] = []

    def __call__(self, stage: str, done: float, total: float) -> None:
        self.told.append((stage, done, total))


class Stdout:
    """A stdout whose bytes can be looked at."""

    def __init__(self, *, terminal: bool = False) -> None:
        self.buffer = io.BytesIO()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


class OneBlock(io.RawIOBase):
    """Fails when more than a block is written at once, so that nothing large is put together."""

    largest = 0

    def write(self, block: Any) -> int:
        self.largest = max(self.largest, len(block))
        return len(block)


def test_the_sky_is_what_the_seed_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    out = Stdout()
    monkeypatch.setattr(sys, "stdout", out)
    skies.write_population(250, 11, planted=False)
    assert out.buffer.getvalue().decode() == "".join(omm_csv(population(250, 11)))


def test_a_sky_is_written_block_by_block_and_progress_told() -> None:
    n = 2 * ROWS_AT_ONCE + 5
    sky = catalogue_of({}).take(np.zeros(n, np.int64))
    stream, ears = OneBlock(), Ears()
    skies.write_sky(sky, stream, ears)  # type: ignore[arg-type]
    line = len("".join(omm_csv(sky.take(np.arange(1)))).splitlines()[1]) + 1
    assert stream.largest <= ROWS_AT_ONCE * line
    assert [done for _, done, _ in ears.told] == [0, ROWS_AT_ONCE, 2 * ROWS_AT_ONCE, n]
    assert {(stage, total) for stage, _, total in ears.told} == {("writing", n)}


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_never_runs_through_lines_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, *, terminal: bool
) -> None:
    quiet: list[bool] = []

    class Listening(Voice):
        def __init__(self, **options: bool) -> None:
            quiet.append(options["quiet"])
            super().__init__(**options)

    monkeypatch.setattr(sys, "stdout", Stdout(terminal=terminal))
    monkeypatch.setattr(skies, "Voice", Listening)
    skies.write_population(10, 1, planted=False)
    assert quiet == [terminal]


def test_a_plain_sky_needs_no_compiled_kernel() -> None:
    look = (
        "import sys; from commonsky.show.cli.app import run; "
        "code = run(['population', '--objects', '50']); "
        "sys.exit(code or ('numba' in sys.modules))"
    )
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, check=False)  # noqa: S603
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.count(b"\n") == 51


def test_a_reader_that_has_enough_ends_it_quietly() -> None:
    command = (
        f"{sys.executable} -c 'from commonsky.show.cli import main; main()' "
        'population --objects 20000 | head -n 1; echo "${PIPESTATUS[0]}"'
    )
    ran = subprocess.run(["bash", "-c", command], capture_output=True, check=False)  # noqa: S603, S607
    assert ran.stderr == b""
    heading, code = ran.stdout.splitlines()
    assert heading.startswith(b"OBJECT_NAME,")
    assert code == b"0"
