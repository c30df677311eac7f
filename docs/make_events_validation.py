"""
Make docs/events-validation.md: how often events are found that happened, and not.

As `python docs/make_events_validation.py DATA`; DATA is a folder of real data as the experiments
design/007_*.py describe it, each of which can be run by itself.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "events-validation.md"
PROSE = ROOT / "docs" / "events-validation-prose.md"
PARTS = {
    "Manoeuvres": "007_manoeuvres.py",
    "Stays, relocations and approaches": "007_patterns.py",
    "Fragmentations, launches, decays, identity": "007_fragmentations.py",
}


def main(data: Path) -> None:
    """Run every experiment and write what it prints."""
    text = "# How well events are found\n"
    text += "Made by `python docs/make_events_validation.py DATA` from the experiments named.\n\n"
    text += PROSE.read_text(encoding="utf-8")
    for title, script in PARTS.items():
        sys.stderr.write(f"{script} …\n")
        ran = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, str(ROOT / "design" / script), str(data)],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        text += f"\n## {title}\n`python design/{script} DATA` prints:\n\n{_lower(ran.stdout)}\n"
    PAGE.write_text(text.rstrip() + "\n", encoding="utf-8")


def _lower(text: str) -> str:
    """Headings one step below those of the page."""
    lines = [f"#{line}" if line.startswith("##") else line for line in text.strip().splitlines()]
    return "\n".join(f"##{line}" if line.startswith("# ") else line for line in lines)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
