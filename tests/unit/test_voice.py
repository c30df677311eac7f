"""What is said on stderr while a run works."""

import sys

import pytest

from commonsky.show.cli import voice as module
from commonsky.show.cli.voice import Voice


class Watch:
    """A clock that tests move."""

    now = 0.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    clock = Watch()
    monkeypatch.setattr(module, "time", clock)
    return clock


def test_without_a_terminal_progress_is_a_few_plain_lines(
    watch: Watch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Voice() as voice:
        for second in range(60):
            watch.now = float(second)
            voice("sieve", second, 60)
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines()[0] == "sieve: 18% after 11 s"
    assert 4 <= len(told.err.splitlines()) <= 6
    assert "\x1b" not in told.err


def test_short_work_is_not_announced(watch: Watch, capsys: pytest.CaptureFixture[str]) -> None:
    with Voice() as voice:
        for k in range(5):
            watch.now = 0.2 * k
            voice("sieve", k, 5)
    assert capsys.readouterr().err == ""


def test_quiet_is_quiet(watch: Watch, capsys: pytest.CaptureFixture[str]) -> None:
    with Voice(quiet=True) as voice:
        voice.say("hello")
        voice("sieve", 1, 2)
        watch.now = 100.0
        voice("sieve", 2, 2)
    assert capsys.readouterr().err == ""


def test_a_name_is_not_markup_and_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    Voice().say("[red]SAT[/red]\x1b[2J " + "x" * 300)
    assert capsys.readouterr().err == "[red]SAT[/red]?[2J " + "x" * 300 + "\n"


def test_on_a_terminal_a_bar_is_drawn_and_taken_away(
    watch: Watch, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with Voice() as voice:
        voice("sieve", 0, 10)
        watch.now = 2.0
        voice("sieve", 5, 10)
        voice("assess", 1, 10)
        watch.now = 4.0
        voice("assess", 0, 0)
        with voice.during("reading"):
            voice.say("a line")
    told = capsys.readouterr()
    assert told.out == ""
    assert "sieve" in told.err
    assert "a line" in told.err


@pytest.mark.parametrize("before", [True, False])
def test_compilation_is_announced_where_it_will_be(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *, before: bool
) -> None:
    asked: list[str] = []

    def compiled(package: str) -> bool:
        asked.append(package)
        return before

    beside: list[bool] = []
    monkeypatch.setattr("commonsky.astro.kernels.compiled_before", compiled)
    monkeypatch.setattr("commonsky.node.compilation.compile_beside", lambda: beside.append(True))
    module.announce_compilation(Voice())
    module.announce_compilation(Voice(), "astro")
    assert asked == ["screen", "astro"]
    assert len(beside) == (0 if before else 1)
    assert capsys.readouterr().err.count("compiling kernels, once") == (0 if before else 2)
