"""The command line as people and pipes use it, in processes of its own."""

import csv
import io
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commonsky.node.conjunctions import COLUMNS

VERBS = ("screen", "catalogue", "diff", "fetch", "population", "demo", "version")
HEADING = (
    "OBJECT_NAME,OBJECT_ID,EPOCH,MEAN_MOTION,ECCENTRICITY,INCLINATION,RA_OF_ASC_NODE,"
    "ARG_OF_PERICENTER,MEAN_ANOMALY,EPHEMERIS_TYPE,CLASSIFICATION_TYPE,NORAD_CAT_ID,"
    "ELEMENT_SET_NO,REV_AT_EPOCH,BSTAR,MEAN_MOTION_DOT,MEAN_MOTION_DDOT"
)
EPOCH = "2025-03-31T00:00:00.000000"
START = "2025-03-31T00:00:00.000000Z"

Runner = Callable[..., "subprocess.CompletedProcess[bytes]"]


def record(number: int, inclination: float, raan: float = 0.0, anomaly: float = 350.0) -> str:
    """One circular orbit at 700 km; all with one node meet there in their second minute."""
    return (
        f"SAT {number},2020-{number % 1000:03d}A,{EPOCH},14.6,0.0001,{inclination},{raan},0,"
        f"{anomaly},0,U,{number},999,1,0.00001,0,0"
    )


def catalogue_text(*records: str) -> str:
    return "\n".join((HEADING, *records)) + "\n"


CROSSING = catalogue_text(
    record(300_001, 50.0),
    record(5, 98.0),
    record(41_000, 70.0, raan=0.01),
    record(900_000_001, 30.0),
)


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Ours, with a cache for fetched files that is empty."""
    apart = {name: value for name, value in os.environ.items() if name != "COMMONSKY_DEBUG"}
    kernels = apart.get("NUMBA_CACHE_DIR") or kernel_cache()
    return apart | {
        "NUMBA_CACHE_DIR": kernels,
        "COMMONSKY_CACHE": str(tmp_path_factory.mktemp("cache")),
    }


def kernel_cache() -> str:
    from commonsky.astro.kernels import CACHE  # noqa: PLC0415 - only what it says

    return str(CACHE)


@pytest.fixture
def commonsky(environment: dict[str, str], tmp_path: Path) -> Runner:
    """Run the command in a folder that holds `CROSSING` as gp.csv."""
    (tmp_path / "gp.csv").write_text(CROSSING)

    def run(*arguments: str, given: bytes = b"", **changes: Any) -> Any:
        return subprocess.run(  # noqa: S603 - our own interpreter
            [sys.executable, "-c", "from commonsky.show.cli import main; main()", *arguments],
            input=given, capture_output=True, cwd=tmp_path, env=environment | changes,
            check=False, timeout=300,
        )  # fmt: skip

    return run


def lines_of(ran: Any) -> list[dict[str, Any]]:
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_every_verb_needs_no_numpy(verb: str) -> None:
    look = (
        "import sys; from commonsky.show.cli.app import run; "
        f"code = run(['{verb}', '--help']); "
        "sys.exit(code or ', '.join({'numpy', 'numba', 'httpx', 'erfa'} & set(sys.modules)) or 0)"
    )
    ran = subprocess.run([sys.executable, "-c", look], capture_output=True, check=False)  # noqa: S603
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert f"commonsky {verb}".encode() in ran.stdout
    assert b"Exit codes: 0 it ran" in ran.stdout


def test_help_lists_every_verb(commonsky: Runner) -> None:
    told = commonsky("--help").stdout.decode()
    for verb in VERBS:
        assert f" {verb} " in told
    assert commonsky("version").stdout == commonsky("version").stdout != b""


def test_ndjson_keeps_the_contract(commonsky: Runner) -> None:
    ran = commonsky("screen", "gp.csv", "--threshold-km", "30", "--format", "ndjson")
    assert ran.returncode == 0, ran.stderr
    *events, summary = lines_of(ran)
    assert len(events) > 3
    for event in events:
        assert tuple(event) == ("kind", *COLUMNS)
        assert event["kind"] == "conjunction"
        assert event["object1"] < event["object2"]
        assert event["miss_km"] < 30.0
        assert (event["pc"] is None) == (event["pc_null_reason"] is not None)
        assert event["grade"] == "screening"
        components = (event["radial_km"], event["in_track_km"], event["cross_track_km"])
        assert sum(x * x for x in components) ** 0.5 == pytest.approx(event["miss_km"], rel=1e-9)
    order = [(event["tca"], event["object1"], event["object2"]) for event in events]
    assert order == sorted(order)
    assert {event["source1"] for event in events} == {"gp.csv"}
    assert {event["name1"] for event in events if event["object1"] == 5} == {"SAT 5"}
    expected = {
        "kind": "summary", "read": 4, "accepted": 4, "quarantined": 0, "propagated": 4,
        "failed": 0, "conjunctions": len(events), "start": START,
        "stop": "2025-04-01T00:00:00.000000Z", "threshold_km": 30.0, "complete": True,
    }  # fmt: skip
    assert {name: summary[name] for name in expected} == expected
    assert "volume_km" not in summary


def test_the_start_that_was_chosen_is_told_with_its_reason(commonsky: Runner) -> None:
    told = commonsky("screen", "gp.csv").stderr.decode()
    assert "start 2025-03-31T00:00:00" in told
    assert "median epoch" in told
    given = commonsky("screen", "gp.csv", "--start", "2025-04-02").stderr.decode()
    assert "median epoch" not in given
    assert "2025-04-02T00:00:00" in given


def test_stdin_and_a_file_give_the_same(commonsky: Runner) -> None:
    arguments = ("--threshold-km", "30", "--format", "csv", "--quiet")
    of_file = commonsky("screen", "gp.csv", *arguments)
    of_stdin = commonsky("screen", "-", *arguments, given=CROSSING.encode())
    assert of_file.returncode == of_stdin.returncode == 0, of_stdin.stderr
    assert of_file.stderr == of_stdin.stderr == b""
    rows, others = (
        list(csv.DictReader(io.StringIO(ran.stdout.decode()))) for ran in (of_file, of_stdin)
    )
    assert len(rows) > 3
    for row in (*rows, *others):
        row.pop("source1"), row.pop("source2")
    assert rows == others


def test_bad_records_are_told_and_lose_nothing_good(commonsky: Runner, tmp_path: Path) -> None:
    bad = record(77, 50.0).replace("0.0001", "-0.5")
    (tmp_path / "gp.csv").write_text(CROSSING + bad + "\n")
    ran = commonsky("screen", "gp.csv", "--format", "ndjson", "--threshold-km", "30")
    assert ran.returncode == 0
    summary = lines_of(ran)[-1]
    assert (summary["read"], summary["accepted"], summary["quarantined"]) == (5, 4, 1)
    assert b"set aside" in ran.stderr
    assert b"ECCENTRICITY" in ran.stderr


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", b"gp.csv"),
        (b"\x00\x01garbage\xff" * 99, b"gp.csv"),
        (HEADING.encode() + b"\n", b"gp.csv"),
    ],
)
def test_unreadable_input_is_3_with_the_reason(
    commonsky: Runner, tmp_path: Path, content: bytes, word: bytes
) -> None:
    (tmp_path / "gp.csv").write_bytes(content)
    ran = commonsky("screen", "gp.csv")
    assert ran.returncode == 3, ran.stderr
    assert ran.stdout == b""
    assert word in ran.stderr
    assert b"Traceback" not in ran.stderr
    assert len(ran.stderr.splitlines()) <= 3


def test_a_file_that_is_not_there_is_3(commonsky: Runner) -> None:
    ran = commonsky("screen", "nothing.csv")
    assert ran.returncode == 3
    last = ran.stderr.decode().splitlines()[-1]
    assert last == "commonsky: 'nothing.csv' cannot be opened: No such file or directory"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "FILES"),
        (("gp.csv", "--days", "-1"), "days"),
        (("gp.csv", "--days", "nan"), "days"),
        (("gp.csv", "--days", "inf"), "days"),
        (("gp.csv", "--days", "tomorrow"), "days"),
        (("gp.csv", "--start", "yesterday"), "not an epoch"),
        (("gp.csv", "--threshold-km", "0"), "threshold-km"),
        (("gp.csv", "--volume-km", "1,2"), "volume-km"),
        (("gp.csv", "--volume-km", "1,2,-3"), "volume-km"),
        (("gp.csv", "--volume-km", "1,2,3", "--threshold-km", "4"), "give one"),
        (("gp.csv", "--primaries", "ISS"), "25544,48274"),
        (("gp.csv", "--primaries", "25544"), "25544"),
        (("gp.csv", "--format", "xlsx"), "ndjson"),
        (("gp.csv", "--nonsense"), "unknown option --nonsense"),
        (("gp.csv", "--threads", "0"), "threads"),
    ],
)
def test_misuse_is_2_and_one_line(
    commonsky: Runner, arguments: tuple[str, ...], word: str
) -> None:
    ran = commonsky("screen", *arguments)
    assert ran.returncode == 2, ran.stderr
    assert ran.stdout == b""
    last = ran.stderr.decode().splitlines()[-1]
    assert last.startswith("commonsky: ")
    assert word in last


def test_a_reader_that_has_enough_ends_it_quietly(
    environment: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "gp.csv").write_text(CROSSING)
    command = (
        f"{sys.executable} -c 'from commonsky.show.cli import main; main()' "
        "screen gp.csv --threshold-km 2000 --days 20 --format ndjson --quiet | head -n 1"
    )
    ran = subprocess.run(  # noqa: S602 - a pipe is what is tested
        command, shell=True, capture_output=True, cwd=tmp_path, env=environment, check=False
    )
    assert ran.stderr == b""
    assert json.loads(ran.stdout)["kind"] == "conjunction"


def test_an_interrupt_is_130_and_one_line(environment: dict[str, str], tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "from commonsky.show.cli import main; main()", "screen", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=tmp_path, env=environment,
    ) as process:  # fmt: skip
        time.sleep(3.0)  # it waits for its input
        process.send_signal(2)
        out, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert out == b""
    assert told.decode().splitlines()[-1] == "commonsky: interrupted"
    assert b"Traceback" not in told


def test_output_report_and_messages_go_where_they_are_told(
    commonsky: Runner, tmp_path: Path
) -> None:
    ran = commonsky(
        "screen", "gp.csv", "--threshold-km", "30", "--output", "out/events.parquet",
        "--report", "out/report.html", "--cdm", "out/cdm",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == b""
    assert (tmp_path / "out/events.parquet").read_bytes()[:4] == b"PAR1"
    assert "<!doctype html>" in (tmp_path / "out/report.html").read_text(encoding="utf-8")[:40]
    messages = sorted((tmp_path / "out/cdm").iterdir())
    assert len(messages) > 3
    text = messages[0].read_text()
    assert text.startswith("CCSDS_CDM_VERS")
    assert "COMMENT GRADE = SCREENING" in text
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "cdm",
        "events.parquet",
        "report.html",
    ]


def test_the_table_is_the_default_and_ranked(commonsky: Runner) -> None:
    ran = commonsky("screen", "gp.csv", "--threshold-km", "30", "--top", "2")
    lines = ran.stdout.decode().splitlines()
    assert "conjunctions within 30 km" in lines[0]
    assert "screening grade" in lines[1]
    assert len(lines) == 3 + 2 + 1


def test_primaries_and_volume(commonsky: Runner) -> None:
    ran = commonsky(
        "screen", "gp.csv", "--primaries", "5,900000001", "--volume-km", "20,44,51",
        "--volume-shape", "box", "--format", "ndjson",
    )  # fmt: skip
    *events, summary = lines_of(ran)
    assert events
    assert all({event["object1"], event["object2"]} & {5, 900_000_001} for event in events)
    assert summary["volume_km"] == [20.0, 44.0, 51.0]
    assert "threshold_km" not in summary


def test_a_known_size_changes_pc(commonsky: Runner, tmp_path: Path) -> None:
    (tmp_path / "sizes.csv").write_text("NORAD_CAT_ID,HARD_BODY_RADIUS_M\n5,500\n")
    arguments = ("screen", "gp.csv", "--threshold-km", "30", "--format", "ndjson")
    small = lines_of(commonsky(*arguments))[:-1]
    large = lines_of(commonsky(*arguments, "--hard-body", "sizes.csv"))[:-1]
    assert len(small) == len(large) > 0
    for one, other in zip(small, large, strict=True):
        if one["pc"] is not None:
            touched = 5 in {one["object1"], one["object2"]}
            assert (other["pc"] > one["pc"]) if touched else (other["pc"] == one["pc"])


def test_a_bad_file_of_sizes_is_3(commonsky: Runner, tmp_path: Path) -> None:
    (tmp_path / "sizes.csv").write_text("NORAD_CAT_ID,HARD_BODY_RADIUS_M\n5,big\n")
    ran = commonsky("screen", "gp.csv", "--hard-body", "sizes.csv")
    assert ran.returncode == 3
    assert b"line 2, HARD_BODY_RADIUS_M" in ran.stderr


def test_a_group_never_fetched_is_3_and_says_how(commonsky: Runner) -> None:
    ran = commonsky("screen", "celestrak:active")
    assert ran.returncode == 3
    assert b"commonsky fetch celestrak active" in ran.stderr


def test_fetching_without_a_contact_asks_nothing(commonsky: Runner) -> None:
    ran = commonsky("fetch", "celestrak", "active", COMMONSKY_CONTACT="")
    assert ran.returncode == 3
    assert b"COMMONSKY_CONTACT" in ran.stderr


def test_a_population_can_be_screened(commonsky: Runner) -> None:
    sky = commonsky("population", "--objects", "300", "--seed", "3")
    assert sky.returncode == 0, sky.stderr
    assert sky.stdout == commonsky("population", "--objects", "300", "--seed", "3").stdout
    assert sky.stdout.count(b"\n") == 301
    ran = commonsky("screen", "-", "--days", "0.1", "--format", "ndjson", given=sky.stdout)
    assert ran.returncode == 0, ran.stderr
    assert lines_of(ran)[-1]["accepted"] == 300


def test_a_catalogue_is_told_in_short(commonsky: Runner) -> None:
    told = commonsky("catalogue", "gp.csv").stdout.decode()
    assert "4 objects from 4 records" in told
    assert "LEO" in told
    assert "median 2025-03-31T00:00:00Z" in told


def test_a_difference_is_told(commonsky: Runner, tmp_path: Path) -> None:
    newer = record(5, 98.1).replace(EPOCH, "2025-03-31T12:00:00.000000")
    (tmp_path / "new.csv").write_text(
        catalogue_text(
            record(300_001, 50.0), newer, record(41_000, 70.0, raan=0.01), record(6, 20.0)
        )
    )
    ran = commonsky("diff", "gp.csv", "new.csv")
    assert ran.returncode == 0, ran.stderr
    *changes, summary = lines_of(ran)
    assert {change["kind"]: change["object"] for change in changes} == {
        "appeared": 6,
        "vanished": 900_000_001,
        "changed": 5,
    }
    assert (summary["appeared"], summary["vanished"], summary["changed"]) == (1, 1, 1)


def test_a_difference_tells_what_was_set_aside(commonsky: Runner, tmp_path: Path) -> None:
    bad = record(41_000, 70.0, raan=0.01).replace("0.0001", "-0.5")
    (tmp_path / "new.csv").write_text(
        catalogue_text(record(300_001, 50.0), record(5, 98.0), bad, record(900_000_001, 30.0))
    )
    ran = commonsky("diff", "gp.csv", "-", given=(tmp_path / "new.csv").read_bytes())
    assert ran.returncode == 0, ran.stderr
    vanished, summary = lines_of(ran)
    assert (vanished["kind"], vanished["object"]) == ("vanished", 41_000)
    assert (summary["quarantined_old"], summary["quarantined_new"]) == (0, 1)
    assert b"ECCENTRICITY" in ran.stderr


def test_one_stdin_cannot_be_both_sides_of_a_difference(commonsky: Runner) -> None:
    ran = commonsky("diff", "-", "-", given=CROSSING.encode())
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert b"only once" in ran.stderr


def test_a_planted_population_has_twelve_more(commonsky: Runner) -> None:
    plain = commonsky("population", "--objects", "200", "--seed", "3").stdout.splitlines()
    planted = commonsky("population", "--objects", "200", "--seed", "3", "--planted")
    assert planted.returncode == 0, planted.stderr
    lines = planted.stdout.splitlines()
    assert lines[: len(plain)] == plain
    numbers = [int(line.split(b",")[11]) for line in lines[len(plain) :]]
    assert numbers == list(range(990_000_001, 990_000_013))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("population", "--objects", "0"), b"--objects"),
        (("population", "--seed", "-1"), b"--seed"),
        (("demo", "--seed", "-1"), b"--seed"),
        (("diff", "a", "b", "c"), b"not expected here: c"),
        (("fetch", "celestrak"), b"GROUP"),
        (("sreen", "gp.csv"), b'"screen"'),
    ],
)
def test_misuse_of_other_verbs_is_2_as_well(
    commonsky: Runner, arguments: tuple[str, ...], word: bytes
) -> None:
    ran = commonsky(*arguments)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert word in ran.stderr
    assert len(ran.stderr.splitlines()) == 1


def test_help_of_a_verb_tells_more_than_the_list(commonsky: Runner) -> None:
    told = b"nothing is asked until you have looked"
    assert told in b" ".join(commonsky("fetch", "--help").stdout.split())
    assert told not in b" ".join(commonsky("--help").stdout.split())


def test_an_unexpected_error_is_one_line_unless_debugging(commonsky: Runner) -> None:
    folder_as_file = ("screen", "gp.csv", "--report", ".")
    ran = commonsky(*folder_as_file)
    assert ran.returncode == 1
    assert b"Traceback" not in ran.stderr
    assert b"Traceback" in commonsky(*folder_as_file, COMMONSKY_DEBUG="1").stderr
