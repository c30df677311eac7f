"""
How large objects are, by type and class of radar cross-section: commonsky.assess.hard_body.

Run from the repository root: python design/004_hard_body.py [folder of real data]
It prints the table to paste, in metres, and the spread of each cell.

Real: hard-body radii of NASA CARA of June 2026 (those from ESA's DISCOS are blank in the public
file, and defaults are left out), types of the SATCAT of March 2025, radar cross-sections of
January 2025.  What is left are Space Fence estimates, of debris mostly, and the satellites that
CARA protects.

Where the class is known, the median.  Where it is not, or a cell holds fewer than 15 objects, what
nine in ten do not exceed: of the type, or of the class by the ratio of the radius to that of the
disc with its largest cross-section.  What has no type counts as the largest that it may be.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd

SHARED = Path(__file__).parents[1].parent / "shared" / "data"
FEWEST = 15
CAUTIOUS = 0.9
TYPES = ("PAYLOAD", "ROCKET BODY", "DEBRIS")
CLASSES = ("SMALL", "MEDIUM", "LARGE")
LARGEST_M2 = {"SMALL": 0.1, "MEDIUM": 1.0}
MEASURED, PROTECTED = "SFK RCS Estimate", "CARA Protected Primary"


def objects(folder: Path) -> pd.DataFrame:
    """Radius, its source, type and class of each object whose radius is known."""
    radii = pd.read_csv(folder / "objects" / "cara_hbr_mass_20260601.csv.xz")
    satcat = pd.read_parquet(folder / "objects" / "satcat_202503_ads508.parquet")
    sizes = pd.read_parquet(folder / "objects" / "mizuba_full_catalog_20250112_names_rcs.parquet")
    types = satcat.drop_duplicates("norad_cat_id").set_index("norad_cat_id").object_type
    types.index = types.index.astype(int)
    table = radii[radii.HBRSource.isin([MEASURED, PROTECTED])].set_index("ObjectID")
    table = table[["HBR", "HBRSource"]].join(types.astype(str))
    table = table.join(sizes.drop_duplicates("norad_id").set_index("norad_id").rcs)
    table["object_type"] = table.object_type.where(table.object_type.isin(TYPES), "")
    classes = [table.rcs < 0.1, table.rcs <= 1.0, table.rcs > 1.0]
    table["size"] = np.select(classes, CLASSES, "")
    return table


def cautious(table: pd.DataFrame, kind: str, size: str) -> float:
    """Return what nine in ten do not exceed."""
    measured = table[table.HBRSource == MEASURED]
    if size in LARGEST_M2:
        some = measured[measured["size"] == size]
        disc = np.sqrt(some.rcs / np.pi)
        ratio = float((some.HBR / disc).quantile(CAUTIOUS))
        return float(ratio * np.sqrt(LARGEST_M2[size] / np.pi))
    of_type = measured[measured.object_type == kind]
    return float(of_type.HBR.quantile(CAUTIOUS))


def main() -> None:
    """Print the table and the spreads."""
    table = objects(Path(sys.argv[1]) if len(sys.argv) > 1 else SHARED)
    remarks = ["", f"{'':<24}objects, quantiles of 5, 25, 50, 75, 95 %"]
    rows: list[list[float]] = []
    for kind in TYPES:
        rows.append([])
        for size in ("", *CLASSES):
            some = table[table.object_type == kind]
            some = some[some["size"] == size] if size else some
            known = size and len(some) >= FEWEST
            rows[-1].append(float(some.HBR.median()) if known else cautious(table, kind, size))
            spread = some.HBR.quantile([0.05, 0.25, 0.5, 0.75, 0.95]).to_numpy()
            remarks.append(
                f"{kind + ' ' + size:<24}{len(some):7}  "
                + " ".join(f"{value:7.2f}" for value in spread)
                + ("" if known else f"  -> {rows[-1][-1]:.2f} cautiously")
            )
    for kind, values in zip(("UNKNOWN", *TYPES), (np.max(rows, axis=0), *rows), strict=True):
        print(f"    ({', '.join(f'{value:.2g}' for value in values)}),  # {kind.lower()}")
    print("\n".join(remarks))


if __name__ == "__main__":
    main()
