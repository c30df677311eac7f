"""
Make the pictures of the README: run the demo, and photograph its report in Chromium.

    python docs/make_pictures.py            # the embedded population; some minutes
    python docs/make_pictures.py report.html
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
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
ONE_CASE = (
    ".banner,main>:not(#cases),#cases>h2,.case~.case{display:none}main>#cases{margin:20px 0}"
)
PICTURES = (  # name, what to hide, width and height
    ("report.png", "", "1280,1060"),
    ("case.png", ONE_CASE, "1280,690"),
)


def demo_report(folder: Path) -> Path:
    """Run `commonsky demo` with the packages of this interpreter and return its report."""
    report = folder / "report.html"
    command = "from commonsky.show.cli import main; main()"
    subprocess.run([sys.executable, "-c", command, "demo", "--report", str(report)], check=True)  # noqa: S603 - our own command
    return report


def photograph(report: Path, folder: Path) -> None:
    """Write each picture of a report beside this script; `folder` is scratch space."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("needs Chromium, as `chromium` on the path (Debian: apt-get install chromium)")
    page = report.read_text(encoding="utf-8")
    for name, hide, size in PICTURES:
        part = folder / "part.html"
        part.write_text(page.replace("</head>", f"<style>{hide}</style></head>"), encoding="utf-8")
        command = [
            chromium,
            *QUIET,
            f"--user-data-dir={folder / 'profile'}",
            f"--screenshot={HERE / name}",
            f"--window-size={size}",
            "--blink-settings=preferredColorScheme=1",
            part.as_uri(),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=120)  # noqa: S603 - a page we made
        print(HERE / name)  # noqa: T201 - what it made


def main() -> None:
    """Make all pictures from the report given, or from the demo's."""
    with tempfile.TemporaryDirectory() as folder:
        given = Path(sys.argv[1]) if len(sys.argv) > 1 else demo_report(Path(folder))
        photograph(given, Path(folder))


if __name__ == "__main__":
    main()
