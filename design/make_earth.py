"""
Make the compact table of coasts and borders that the console draws.

    python design/make_earth.py world-atlas-countries-110m.topo.json

Reads Natural Earth 1:110m (public domain) in the TopoJSON form of world-atlas (ISC), and writes
src/commonsky/show/console/globe/earth.bin.

Little-endian: four uint32 (arcs, points, rings, arc references), a uint16 of points for each arc,
a uint8 for each arc (1 coast, 0 border), a uint16 of references for each ring, all padded to 4;
then int16 longitude and latitude of each point, in units of 180/32767 and 90/32767 degrees, and an
int16 for each reference (~k is arc k from its end).
"""

from __future__ import annotations

import json
import struct
import sys
from pathlib import Path
from typing import Any

import numpy as np

TARGET = Path(__file__).parents[1] / "src/commonsky/show/console/globe/earth.bin"


def arcs_of(topology: dict[str, Any]) -> list[np.ndarray]:
    """Each arc as (n, 2) longitude and latitude in degrees."""
    scale, offset = topology["transform"]["scale"], topology["transform"]["translate"]
    return [
        np.cumsum(np.array(arc, np.float64), axis=0) * scale + offset for arc in topology["arcs"]
    ]


def rings_of(shape: dict[str, Any]) -> list[list[int]]:
    """The rings of a geometry, as references to arcs."""
    if shape["type"] == "GeometryCollection":
        return [ring for one in shape["geometries"] for ring in rings_of(one)]
    if shape["type"] == "Polygon":
        return list(shape["arcs"])
    return [ring for polygon in shape["arcs"] for ring in polygon]


def main() -> None:
    """Write the table."""
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    arcs, rings = arcs_of(topology), rings_of(topology["objects"]["land"])
    coast = {reference if reference >= 0 else ~reference for ring in rings for reference in ring}
    points = np.concatenate(arcs)
    quantised = np.round(points / (180.0, 90.0) * 32767.0).astype("<i2")
    references = np.array([one for ring in rings for one in ring], "<i2")
    head = struct.pack("<4I", len(arcs), len(points), len(rings), len(references))
    parts = [
        np.array([len(arc) for arc in arcs], "<u2").tobytes(),
        bytes(int(k in coast) for k in range(len(arcs))),
        np.array([len(ring) for ring in rings], "<u2").tobytes(),
    ]
    body = b"".join(part + bytes(-len(part) % 4) for part in parts)
    content = head + body + quantised.tobytes() + references.tobytes()
    TARGET.write_bytes(content)
    sys.stdout.write(f"{TARGET}: {len(content):,} bytes, {len(arcs)} arcs, {len(points)} points\n")


if __name__ == "__main__":
    main()
