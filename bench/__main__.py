"""
All stages, and the table they make: `python -m bench [--write] [stage …]`.

`--write` puts the table into docs/performance.md and the README, between their marks; where only
some stages are asked for, their rows take the place of those of the same work, and the rest stays.
"""

from __future__ import annotations

import argparse
import re
import sys
from importlib import import_module
from pathlib import Path

from bench.figure import Figure, table
from bench.process import load, machine

STAGES = (
    "sgp4", "screening", "update", "start", "growth", "collision", "ladder", "evolution",
    "capacity", "patterns", "reading", "messages", "ledger", "feed", "policy", "holding",
    "coalition", "clients", "console",
)  # fmt: skip
ROOT = Path(__file__).parents[1]
README, PAGE = ROOT / "README.md", ROOT / "docs" / "performance.md"
MARKED = re.compile(r"(<!-- performance -->\n).*?(<!-- /performance -->)", re.DOTALL)


def main() -> None:
    """Run the stages asked for, print each figure as it comes, and the table at the end."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("stages", nargs="*", choices=[[], *STAGES], default=[])
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    figures: list[Figure] = []
    before = load()
    for stage in asked.stages or STAGES:
        for figure in import_module(f"bench.{stage}").measure():
            figures.append(figure)
            sys.stderr.write(f"{stage}: {figure.row}\n")
            sys.stderr.flush()
    where = (
        f"Measured with `make bench` on {machine()}. Every ratio is of one run; CPU times unless "
        f"wall is said. Load before the run: {before:.1f}."
    )
    text = f"{table(figures)}\n\n{where}\n"
    print(text)
    if asked.write:
        for page in (PAGE, README):
            put(page, merged(page.read_text(), figures) if asked.stages else text)


def put(page: Path, table_: str) -> None:
    """Write a table between a page's marks."""
    page.write_text(MARKED.sub(lambda found: found[1] + table_ + found[2], page.read_text()))


def merged(page: str, figures: list[Figure]) -> str:
    """Return a page's table with the rows of these figures in it, the others as they are."""
    found = MARKED.search(page)
    lines = found[0].splitlines()[1:-1] if found else []
    for figure in figures:
        work = f"| {figure.work} |"
        places = [k for k, line in enumerate(lines) if line.startswith(work)]
        if places:
            lines[places[0]] = figure.row
        else:
            last = max(k for k, line in enumerate(lines) if line.startswith("|"))
            lines.insert(last + 1, figure.row)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
