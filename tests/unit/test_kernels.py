"""Where compiled kernels are kept, and when they are compiled anew."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numba
import numpy as np
import pytest

from commonsky.astro import kernels
from commonsky.astro.kernels import PURE, cache_directory


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree of sources of our own, and a cache of our own."""
    root = tmp_path / "sources"
    for package in PURE:
        (root / package).mkdir(parents=True)
        (root / package / "__init__.py").write_text(f'"""{package}"""\n')
    (root / "show").mkdir()
    monkeypatch.setattr(kernels, "SOURCES", root)
    monkeypatch.setenv("COMMONSKY_CACHE", str(tmp_path / "cache"))
    return root


def test_the_same_sources_have_the_same_cache(sources: Path) -> None:
    first = cache_directory()
    assert first.is_dir()
    assert first.parent == sources.parent / "cache" / "commonsky"
    assert cache_directory() == first
    assert list(first.iterdir()) == []


def test_a_new_cache_takes_the_place_of_old_ones(sources: Path) -> None:
    caches = sources.parent / "cache" / "commonsky"
    ages = {"kernels-a": 30, "kernels-b": 8, "kernels-c": 6, "kernels-d": 2, "celestrak": 30}
    for name, days in ages.items():
        (caches / name / "astro_1").mkdir(parents=True)
        (caches / name / "astro_1" / "kernel.nbc").write_text("")
        aged(caches / name, days)
    newest = cache_directory()
    assert {one.name for one in caches.iterdir()} == {
        newest.name, "kernels-c", "kernels-d", "celestrak",
    }  # fmt: skip
    for cache, days in ((newest, 40), (caches / "kernels-c", 30), (caches / "kernels-d", 31)):
        aged(cache, days)
    assert cache_directory() == newest  # every start touches what it uses
    file = sources / "astro" / "__init__.py"
    file.write_text(file.read_text() + "\n")
    edited = cache_directory()
    assert {one.name for one in caches.iterdir()} == {edited.name, newest.name, "celestrak"}
    aged(newest, 300)
    file.write_text(file.read_text() + "\n")
    aged(edited, 40)
    assert {newest, edited, cache_directory()} - set(caches.iterdir()) == {newest}


def aged(folder: Path, days: float) -> None:
    """Say that a folder was last touched so many days before now."""
    (folder / "marker").write_text("")
    now_ns = (folder / "marker").stat().st_mtime_ns
    then_ns = now_ns - int(days * 86400e9)
    os.utime(folder, ns=(then_ns, then_ns))


@pytest.mark.parametrize("package", PURE)
def test_any_edit_gives_a_new_one(sources: Path, package: str) -> None:
    before = cache_directory()
    file = sources / package / "__init__.py"
    text = file.read_text()
    file.write_text(text + "\n")
    edited = cache_directory()
    file.write_text(text)
    assert edited != before == cache_directory()
    (sources / package / "deeper").mkdir()
    (sources / package / "deeper" / "more.py").write_text("")
    assert cache_directory() not in {before, edited}


def test_moving_text_or_renaming_a_file_gives_a_new_one(sources: Path) -> None:
    first, second = sources / "astro" / "a.py", sources / "astro" / "b.py"
    first.write_text("x = 1\ny = 2\n"), second.write_text("z = 3\n")
    before = cache_directory()
    first.write_text("x = 1\n"), second.write_text("y = 2\nz = 3\n")
    moved = cache_directory()
    second.rename(sources / "astro" / "c.py")
    assert len({before, moved, cache_directory()}) == 3


def test_what_holds_no_kernels_does_not_matter(sources: Path) -> None:
    before = cache_directory()
    (sources / "show" / "page.py").write_text("x = 1")
    (sources / "astro" / "notes.txt").write_text("x = 1")
    assert cache_directory() == before


def test_another_compiler_gives_a_new_one(sources: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert sources
    before = cache_directory()
    monkeypatch.setattr(numba, "__version__", "0.0.1")
    assert cache_directory() != before


def test_where_the_home_can_be_named(
    sources: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sources
    monkeypatch.delenv("COMMONSKY_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_directory().is_relative_to(tmp_path / "xdg" / "commonsky")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert cache_directory().is_relative_to(tmp_path / "home" / ".cache" / "commonsky")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.mark.parametrize("trouble", ["a file in its way", "no home", "no room to write"])
def test_without_a_home_to_write_to_it_falls_back(
    sources: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    if trouble == "a file in its way":
        (sources.parent / "file").write_text("")
        monkeypatch.setenv("COMMONSKY_CACHE", str(sources.parent / "file"))
    elif trouble == "no home":
        monkeypatch.delenv("COMMONSKY_CACHE")
        monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
        monkeypatch.setattr(Path, "home", homeless)
    else:
        monkeypatch.setattr(tempfile, "TemporaryFile", full)
    found = cache_directory()
    assert found.parent == temporary
    assert found.stat().st_mode & 0o777 == 0o700
    assert cache_directory() == found


def homeless() -> Path:
    raise RuntimeError("Could not determine home directory.")


def full(**_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("planted", ["open to all", "a link"])
def test_a_folder_that_somebody_else_can_fill_is_not_used(
    sources: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch, planted: str
) -> None:
    (sources.parent / "file").write_text("")
    monkeypatch.setenv("COMMONSKY_CACHE", str(sources.parent / "file"))
    own = cache_directory()
    own.rmdir()
    if planted == "a link":
        (temporary / "theirs").mkdir(mode=0o700)
        own.symlink_to(temporary / "theirs")
    else:
        own.mkdir()
        own.chmod(0o777)
    found = cache_directory()
    assert found != own
    assert found.parent == temporary
    assert found.stat().st_mode & 0o777 == 0o700


def test_a_kernel_is_kept_where_the_cache_is(tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text(
        "from commonsky.astro.kernels import CACHE, compiled_before, kernel\n"
        f"here = {tmp_path.name!r}\n"
        "@kernel()\n"
        "def half(x):\n"
        "    return x / 2.0\n"
        "before = compiled_before(here)\n"
        "print(before, half(0.0) / 1.0, half(3.0), compiled_before(here), CACHE)\n"
        "assert not compiled_before('elsewhere')\n"
    )
    environment = {name: value for name, value in os.environ.items() if name != "NUMBA_CACHE_DIR"}
    environment |= {
        "COMMONSKY_CACHE": str(tmp_path / "cache"),
        "PYTHONPATH": str(kernels.SOURCES.parent),
    }
    told = [
        subprocess.run(
            [sys.executable, "module.py"], cwd=tmp_path, env=environment,
            capture_output=True, check=True, text=True,
        ).stdout.split()
        for _ in range(2)
    ]  # fmt: skip
    directory = told[0][-1]
    assert told == [
        ["False", "0.0", "1.5", "True", directory],
        ["True", "0.0", "1.5", "True", directory],
    ]
    assert Path(directory).is_relative_to(tmp_path / "cache")
    assert list(Path(directory).rglob("*.nbc"))


def test_kernels_divide_as_numpy_and_keep_nan() -> None:
    @kernels.kernel(cache=False)
    def ratio(x: float, y: float) -> float:
        return x / y

    @kernels.inlined()
    def twice(x: float) -> float:
        return x + x

    @kernels.kernel(cache=False)
    def summed(x: np.ndarray) -> float:
        total = 0.0
        for one in x:
            total += twice(one)
        return total

    assert ratio(1.0, 0.0) == np.inf
    assert np.isnan(ratio(0.0, 0.0))
    assert np.isnan(summed(np.array([1.0, np.nan])))
    assert summed(np.array([1.0, np.inf])) == np.inf
