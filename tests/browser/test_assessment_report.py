"""The report of an assessment in a real Chromium: nothing leaves its frame, nothing is fetched."""

from __future__ import annotations

from pathlib import Path

import pytest

from commonsky.show.report.assessment import write_assessment
from tests.assessment_case import invented_run
from tests.browser.test_report import CHROMIUM, chromium, measured

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
    pytest.mark.slow,
]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "assessment.html"
    write_assessment(*invented_run(), path)
    return path


@pytest.mark.parametrize("width", [1440, 500])
def test_nothing_leaves_its_frame(page: Path, width: int, tmp_path: Path) -> None:
    found = measured(page, tmp_path, f"--window-size={width},2000")
    assert found["width"] == found["scroll"] == width
    assert found["beyond"] == []
    assert found["cut"] == []
    # A ladder for each of three events, planes for two, a history for one.
    assert found["drawings"] == 3 + 2 + 1


def test_it_prints_and_the_policy_is_kept(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    ran = chromium(
        tmp_path, "--enable-logging=stderr", "--v=0", f"--print-to-pdf={target}",
        "--no-pdf-header-footer", page.as_uri(),
    )  # fmt: skip
    assert target.read_bytes().startswith(b"%PDF")
    assert "Content Security Policy" not in ran.stderr
