"""Who the objects of a table are, where its format does not say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from commonsky.astro.arrays import Ints
from commonsky.catalogue.catalogue import Texts
from commonsky.catalogue.identity import object_types
from commonsky.formats.gathering import Checks, Numbers


def known_types(names: Texts) -> NDArray[np.int8]:
    """(n,) `ObjectType` as the names tell it; each name is asked about once."""
    listed = names.tolist()
    distinct = list(dict.fromkeys(listed))
    kind = dict(zip(distinct, object_types(np.array(distinct)).tolist(), strict=True))
    return np.array([kind[name] for name in listed], dtype=np.int8)


def numbered(
    number: Ints, object_id: Texts, names: Texts, checks: Checks, numbers: Numbers
) -> Ints:
    """(n,) catalogue numbers, with one of ours where there is 0; a nameless one fails."""
    nobody = (number == 0) & (object_id == "") & (names == "")
    checks.require(
        ~nobody, "NORAD_CAT_ID", "neither a number nor a designator nor a name tells who it is"
    )
    for row in np.flatnonzero((number == 0) & checks.good).tolist():
        number[row] = numbers.number(str(object_id[row]), str(names[row]))
    return number
