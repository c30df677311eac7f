"""`commonsky population`: an invented sky as OMM CSV."""

from __future__ import annotations

import sys
from typing import BinaryIO

from commonsky.catalogue.catalogue import Catalogue
from commonsky.catalogue.population import population
from commonsky.formats.omm_csv_writer import ROWS_AT_ONCE, omm_csv
from commonsky.show.cli.destination import STDOUT, opened
from commonsky.show.cli.voice import Voice, announce_compilation


def write_population(objects: int, seed: int, *, planted: bool) -> None:
    """Write a synthetic sky on stdout; `planted` puts the encounters of the demo into it."""
    # Lines that run over a terminal are progress enough, and would be torn by a bar.
    with Voice(quiet=sys.stdout.isatty()) as voice, opened(STDOUT) as stream:
        with voice.during("inventing a sky"):
            sky = population(objects, seed)
        if planted:
            sky = with_encounters(sky, seed, voice)
        write_sky(sky, stream, voice)


def with_encounters(sky: Catalogue, seed: int, voice: Voice) -> Catalogue:
    """Return the sky with twelve objects more, which meet others after the newest epoch."""
    announce_compilation(voice, "astro")
    from commonsky.catalogue.planted import plant  # noqa: PLC0415 - loads SGP4, rarely needed

    with voice.during("planting encounters"):
        return plant(sky, int(sky.elements.epoch_tai_ns.max()), seed)[0]


def write_sky(sky: Catalogue, stream: BinaryIO, voice: Voice) -> None:
    """Write a sky block by block, so that its text is never held as a whole."""
    for k, block in enumerate(omm_csv(sky)):
        stream.write(block.encode())
        voice("writing", min(k * ROWS_AT_ONCE, len(sky)), len(sky))
