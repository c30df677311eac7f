"""The report in a real Chromium: it renders, nothing leaves its frame, nothing is fetched."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from commonsky.show.report import write_report
from tests.report_case import invented_catalogue, invented_conjunctions

CHROMIUM = shutil.which("chromium")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MEASURE = """<script>
const width = document.documentElement.clientWidth;
const beyond = [...document.querySelectorAll("main *")]
  .filter(e => !e.closest(".scroll,.wide,svg") && e.getBoundingClientRect().right > width + 1)
  .map(e => e.tagName + "." + e.className);
const cut = [...document.querySelectorAll("figure svg text")].filter(text => {
  const box = text.getBBox(), view = text.ownerSVGElement.viewBox.baseVal;
  return box.x < -2 || box.y < -2 || box.x + box.width > view.width + 2
    || box.y + box.height > view.height + 2;
}).map(text => text.textContent);
document.title = "MEASURED" + JSON.stringify({
  width, beyond, cut, scroll: document.documentElement.scrollWidth,
  drawings: document.querySelectorAll("svg[aria-labelledby]").length,
  paper: getComputedStyle(document.body).backgroundColor,
});
</script>"""

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs chromium"),
    pytest.mark.slow,
]


def chromium(folder: Path, *asked: str) -> subprocess.CompletedProcess[str]:
    command = [str(CHROMIUM), *QUIET, f"--user-data-dir={folder / 'profile'}", *asked]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)  # noqa: S603 - our own page


def measured(page: Path, folder: Path, *asked: str) -> dict[str, Any]:
    """
    Return what a script finds in a copy of the page whose policy lets it run.

    `beyond`: elements right of the window; `cut`: texts that leave their drawing.
    """
    text = page.read_text(encoding="utf-8").replace("default-src 'none'", "default-src *")
    text = text.replace("style-src", "script-src 'unsafe-inline'; style-src")
    copy = folder / "measured.html"
    copy.write_text(text.replace("</body>", f"{MEASURE}</body>"), encoding="utf-8")
    told = chromium(folder, "--dump-dom", *asked, copy.as_uri()).stdout
    found: dict[str, Any] = json.loads(unescape(told[told.index("MEASURED") + 8 :].split("<")[0]))
    return found


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(invented_conjunctions(), invented_catalogue(), path, top=3)
    return path


@pytest.mark.parametrize("width", [1280, 500])
def test_nothing_leaves_its_frame(page: Path, width: int, tmp_path: Path) -> None:
    found = measured(page, tmp_path, f"--window-size={width},2000")
    assert found["width"] == found["scroll"] == width
    assert found["beyond"] == []
    assert found["cut"] == []
    assert found["drawings"] == 3 * 3 + 4


def test_light_and_dark(page: Path, tmp_path: Path) -> None:
    paper = [
        measured(page, tmp_path, f"--blink-settings=preferredColorScheme={scheme}")["paper"]
        for scheme in (1, 0)
    ]
    assert paper == ["rgb(253, 253, 251)", "rgb(16, 20, 26)"]


def test_it_can_be_photographed(page: Path, tmp_path: Path) -> None:
    picture = tmp_path / "report.png"
    chromium(tmp_path, f"--screenshot={picture}", "--window-size=1280,1200", page.as_uri())
    content = picture.read_bytes()
    assert struct.unpack(">II", content[16:24]) == (1280, 1200)
    assert len(content) > 40_000, "an empty page is smaller"


def test_it_prints(page: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.pdf"
    chromium(tmp_path, f"--print-to-pdf={target}", "--no-pdf-header-footer", page.as_uri())
    content = target.read_bytes()
    assert content.startswith(b"%PDF")
    assert 5 <= content.count(b"/Type /Page\n") + content.count(b"/Type /Page /") <= 60


def test_the_policy_is_kept(page: Path, tmp_path: Path) -> None:
    ran = chromium(tmp_path, "--enable-logging=stderr", "--v=0", "--dump-dom", page.as_uri())
    assert "Content Security Policy" not in ran.stderr
    assert "ERR_" not in ran.stderr
