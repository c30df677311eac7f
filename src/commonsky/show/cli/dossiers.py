"""`commonsky dossier`: made from files or a node, and checked by whoever is given one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from commonsky.astro.epoch import tai_ns, utc_text
from commonsky.catalogue.catalogue import Catalogue
from commonsky.characterise.history import history
from commonsky.errors import DossierRefused, FeedRefused, UnreadableInput
from commonsky.formats.registry import Register, merged, register
from commonsky.ledger.label import Label
from commonsky.node.assembly import author_of, keys_of, opened_store
from commonsky.node.case_file import composed, followed, in_span, recomputed
from commonsky.node.circumstances import Circumstance, circumstances
from commonsky.node.clock import RealClock
from commonsky.node.dossier import Asked, Dossier, File
from commonsky.node.dossier_files import PAGE, Opened, claimed, faults, opened, signed_by, written
from commonsky.node.evidence import Exhibit, of_files, of_store
from commonsky.node.executor import workers
from commonsky.node.home import opened as opened_home
from commonsky.node.signer import FileSigner
from commonsky.node.statements import Author
from commonsky.share.log.note import Verifier, parsed_verifier
from commonsky.show.cli.exits import Misuse
from commonsky.show.cli.histories import read_histories
from commonsky.show.cli.plain import plain
from commonsky.show.cli.screening import tell_intake
from commonsky.show.cli.voice import Voice, announce_compilation
from commonsky.show.report.dossier import dossier_html
from commonsky.show.report.dossier_courses import courses_of
from commonsky.show.report.dossier_gabbard import clouds_of

MOST_BYTES = 1 << 28
SHOWN = 20  # differences and faults
NOBODY = "---"  # who states what files say, where no node does


@dataclass(frozen=True, slots=True)
class Sought:
    """What a dossier is to be about, as the command line says it."""

    objects: tuple[int, ...]
    beside: tuple[int, ...]
    title: str
    since: str
    until: str
    on: str
    rules: tuple[str, ...]
    kinds: tuple[str, ...]
    registers: tuple[Path, ...]
    circumstances: tuple[Path, ...]


def make_dossier(files: Sequence[str], sought: Sought, folder: Path, node: Path | None) -> None:
    """Write a dossier into a new folder."""
    if not files and node is None:
        raise Misuse("name files with element sets, or with --node the node whose records count")
    if (folder / PAGE).exists() or (folder.exists() and any(folder.iterdir())):
        raise Misuse(f"{folder} holds something already; a dossier gets a folder of its own")
    with Voice() as voice, workers(None) as executor:
        announce_compilation(voice, "characterise")
        known = register_of_files(sought.registers)
        stated = circumstances_of(sought.circumstances)
        signer, asked = None, _asked(sought, node)
        if node is not None:
            home = opened_home(node)
            signer = keys_of(home).signer()
        exhibits, inputs = _exhibits(voice, files, asked, node)
        with voice.during("looking"):
            dossier, sets = composed(
                asked, exhibits, _of(known, asked.everything), stated, inputs, executor
            )
        _write(folder, dossier, exhibits, sets, signer)
        for line in dossier.summary:
            sys.stdout.write(f"{plain(line)}\n")
        voice.say(f"{folder / PAGE} is for people; `commonsky dossier verify {folder}` checks it")
        if signer is None:
            voice.say("it is not signed: nobody's word yet; --node signs with a node's key")
        else:
            voice.say(f"signed; to check: --key {Verifier(signer.name, signer.public_key)}")


def verify_dossier(folder: Path, keys: Sequence[str]) -> None:
    """Check a dossier and compute it again; one that does not hold is a `DossierRefused`."""
    with Voice() as voice, workers(None) as executor:
        found = opened(folder)
        wrong = [*faults(found), *_signature_faults(found, keys)]
        for told in _signature_words(found, keys):
            sys.stdout.write(f"{plain(told)}\n")
        for fault in wrong[:SHOWN]:
            sys.stdout.write(f"WRONG: {plain(fault)}\n")
        if wrong:
            raise DossierRefused(f"{folder}: {len(wrong)} things are wrong")
        sys.stdout.write(f"{len(found.exhibits):,} records, each in the signed tree\n")
        announce_compilation(voice, "characterise")
        with voice.during("computing it again"):
            differences = recomputed(found, executor)
    matter = [one for one in differences if one.matters]
    for one in (matter or differences)[:SHOWN]:
        sys.stdout.write(plain(f"{one.where}: said {one.said}, now {one.now}") + "\n")
    if matter:
        raise DossierRefused(
            f"{folder}: computed again it says something else in {len(matter)} places"
        )
    words = "byte for byte" if not differences else "but for the last digits"
    sys.stdout.write(f"computed again from the records it says the same, {words}\n")


def _asked(sought: Sought, node: Path | None) -> Asked:
    on = sought.on or utc_text(RealClock().now_tai_ns(), 0)[:10]
    tai_ns(f"{on}T00:00:00Z")
    home = None if node is None else opened_home(node)
    title = sought.title or f"Dossier on {', '.join(map(str, sought.objects))}"
    return Asked(
        title=title,
        objects=tuple(sorted(set(sought.objects))),
        beside=tuple(sorted(set(sought.beside) - set(sought.objects))),
        on=on,
        since=sought.since,
        until=sought.until,
        rules=sought.rules,
        kinds=sought.kinds,
        nation="" if home is None else home.nation,
        realm="ops" if home is None else home.realm,
    )


def _exhibits(
    voice: Voice, files: Sequence[str], asked: Asked, node: Path | None
) -> tuple[list[Exhibit], list[File]]:
    """The records that count: of the files, or of the node where none is named."""
    author = Author(asked.nation or NOBODY, asked.realm)
    if not files and node is not None:
        home = opened_home(node)
        with opened_store(home) as store:
            return of_store(store, asked.everything), []
    if node is not None:
        author = author_of(opened_home(node))
    with voice.during("reading"):
        sets = read_histories(files)
    tell_intake(voice, sets)
    inputs = [
        File(name=Path(one.name).name, format=one.format, sha256=one.sha256,
             size_bytes=one.size_bytes, read=one.read, accepted=one.accepted,
             quarantined=one.quarantined)
        for one in sets.provenance.inputs
    ]  # fmt: skip
    return of_files(in_span(sets, asked), author, Label()), inputs


def _of(known: Register, objects: Sequence[int]) -> Register:
    """The entries that matter, so that a dossier quotes all it rests on."""
    kept = {number: known.entries[number] for number in objects if number in known.entries}
    hidden = {number: one for number, one in known.entries.items() if one.withheld}
    return Register({**hidden, **kept}, known.read, known.left_out)


def _write(
    folder: Path,
    dossier: Dossier,
    exhibits: Sequence[Exhibit],
    sets: Catalogue,
    signer: FileSigner | None,
) -> None:
    names = [signer.name] if signer else []
    past = history(sets)
    shown = past.of(followed(past, dossier.asked))
    clouds = clouds_of(past, sets, dossier.findings)
    page = dossier_html(dossier, courses_of(shown, sets), names, clouds)
    written(folder, dossier, exhibits, page, signer, signer.name if signer else "")


def _verifiers(keys: Sequence[str]) -> list[Verifier]:
    return [parsed_verifier(text) for text in keys]


def _signature_faults(found: Opened, keys: Sequence[str]) -> list[str]:
    try:
        signed_by(found, _verifiers(keys))
    except FeedRefused as refusal:
        return [str(refusal)]
    return []


def _signature_words(found: Opened, keys: Sequence[str]) -> list[str]:
    names = claimed(found)
    if not names:
        return ["not signed: whole or not, it is nobody's word"]
    try:
        good = set(signed_by(found, _verifiers(keys)))
    except FeedRefused:
        return []
    return [
        f"signed by {name}"
        if name in good
        else f"says that {name} signed it; no --key checks that"
        for name in names
    ]


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        raise UnreadableInput(f"{path} cannot be read: {error.strerror}") from error
    if len(content) > MOST_BYTES:
        raise UnreadableInput(f"{path} has more than {MOST_BYTES:,} bytes")
    return content


def circumstances_of(paths: Sequence[Path]) -> list[Circumstance]:
    """Return what people state in these files."""
    return [one for path in paths for one in circumstances(_content(path), str(path))]


def register_of_files(paths: Sequence[Path]) -> Register:
    """Return what registers in these files say; a later file stands over an earlier one."""
    return merged([register(_content(path)) for path in paths])


def objects_in(sets: Catalogue) -> list[int]:
    """Return the catalogue numbers of element sets, each once."""
    return [int(number) for number in np.unique(sets.catalogue_number)]
