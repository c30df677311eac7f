"""
Make the dossiers of docs/dossiers from catalogues that are not ours to pass on.

As `python docs/make_dossiers.py HISTORIES SATCAT.csv`: HISTORIES holds geo.csv (the belt since
2014 as OMM CSV), noaa16_*.3le and cz6a_*.3le (all objects of the launch at several days).  Pages
and what they say are written beside this file; records, which hold others' element sets, are not.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from shutil import copyfile

from commonsky.node.dossier_files import CONTENT, PAGE
from commonsky.node.intake import read_records
from commonsky.show.cli.dossiers import Sought, make_dossier, verify_dossier

HERE = Path(__file__).parent / "dossiers"
TITLES = {
    "luch": "Luch/Olymp beside Intelsat's satellites",
    "noaa-16": "The break-up of NOAA 16",
    "cz-6a": "The break-up of a Long March 6A stage",
}
LUCH, NEIGHBOURS = (40258,), (26824, 27438)  # Intelsat 901 and 905
FILES = {
    "luch": ("geo.csv",),
    "noaa-16": ("noaa16_20150927.3le", "noaa16_20160103.3le"),
    "cz-6a": ("cz6a_20221120.3le", "cz6a_20221222.3le"),
}
PARENTS = {"noaa-16": 26536, "cz-6a": 54236}
DAYS = {"luch": "2016-07-01", "noaa-16": "2016-01-03", "cz-6a": "2022-12-22"}


def main(histories: Path, satcat: Path) -> None:
    """Make all of them, check each, and keep what may be passed on."""
    for name, title in TITLES.items():
        files = [str(histories / one) for one in FILES[name]]
        objects, beside = LUCH, NEIGHBOURS
        if name in PARENTS:
            objects = (PARENTS[name],)
            beside = tuple(sorted(set(read_records(*files).catalogue_number.tolist())))
        sought = Sought(
            objects=objects, beside=beside, title=title,
            since="2015-01-01T00:00:00Z" if name == "luch" else "",
            until="2016-07-01T00:00:00Z" if name == "luch" else "", on=DAYS[name], rules=(),
            kinds=("fragmentation",) if name in PARENTS else (), registers=(satcat,),
            circumstances=(HERE / f"{name}.toml",),
        )  # fmt: skip
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / name
            make_dossier(files, sought, made, None)
            verify_dossier(made, ())
            copyfile(made / PAGE, HERE / f"{name}.html")
            copyfile(made / CONTENT, HERE / f"{name}.json")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
