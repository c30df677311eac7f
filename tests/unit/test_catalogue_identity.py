import numpy as np
import pytest

from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, ObjectType
from commonsky.catalogue.identity import (
    designator,
    fleets,
    number_for_unnumbered,
    object_types,
)
from tests.catalogue_case import catalogue_of

NAMES = {
    "STARLINK-1234": (ObjectType.PAYLOAD, "STARLINK"),
    "ISS (ZARYA)": (ObjectType.PAYLOAD, ""),
    "COSMOS 2251 DEB": (ObjectType.DEBRIS, ""),
    "DEBUT": (ObjectType.PAYLOAD, ""),
    "SL-12 PLAT": (ObjectType.DEBRIS, ""),
    "PLATON 1": (ObjectType.PAYLOAD, "PLATON"),
    "WESTFORD NEEDLES": (ObjectType.DEBRIS, ""),
    "CZ-2C R/B": (ObjectType.ROCKET_BODY, ""),
    "SL-8 R/B(1) DEB": (ObjectType.DEBRIS, ""),
    "METEOSAT-7 AKM": (ObjectType.ROCKET_BODY, ""),
    "CUSAT 2 & FALCON 9 R/B": (ObjectType.PAYLOAD, "CUSAT"),
    "TBA - TO BE ASSIGNED": (ObjectType.UNKNOWN, ""),
    "OBJECT AB": (ObjectType.UNKNOWN, ""),
    "TRANSPORTER-9 OBJECT AB": (ObjectType.UNKNOWN, ""),
    "2022-023F": (ObjectType.UNKNOWN, ""),
    "UNKNOWN": (ObjectType.UNKNOWN, ""),
    "": (ObjectType.UNKNOWN, ""),
    "COSMOS 2455": (ObjectType.PAYLOAD, ""),
    "USA 132": (ObjectType.PAYLOAD, ""),
    "COSMOS 2534 [GLONASS-M]": (ObjectType.PAYLOAD, "GLONASS"),
    "GSAT0210 (GALILEO 13)": (ObjectType.PAYLOAD, "GALILEO"),
    "GSAT-10": (ObjectType.PAYLOAD, "GSAT"),
    "O3B FM15": (ObjectType.PAYLOAD, "O3B"),
    "FLOCK 4P-7": (ObjectType.PAYLOAD, "FLOCK"),
    "LEMUR-2 ANNA": (ObjectType.PAYLOAD, "LEMUR"),
    "HULIANWANG DIGUI-01": (ObjectType.PAYLOAD, "GUOWANG"),
    " oneweb-0012 ": (ObjectType.PAYLOAD, "ONEWEB"),
}


@pytest.mark.parametrize("name", NAMES)
def test_type_from_name(name: str) -> None:
    assert object_types(np.array([name]))[0] == NAMES[name][0]


@pytest.mark.parametrize("name", NAMES)
def test_fleet_from_name(name: str) -> None:
    pair = catalogue_of({"number": 1, "name": name}, {"number": 2, "name": name})
    assert fleets(pair).tolist() == [NAMES[name][1]] * 2


def test_debris_never_flies_in_a_fleet() -> None:
    named = [{"number": k, "name": f"STARLINK-{k}", "type": k % 4} for k in range(8)]
    assert fleets(catalogue_of(*named)).tolist() == ["STARLINK", "STARLINK", "", ""] * 2


def test_fleet_is_the_operator_where_one_is_known() -> None:
    sky = catalogue_of(
        {"number": 1, "name": "ALPHA 1", "type": 1, "operator": "ACME"},
        {"number": 2, "name": "BETA 1", "type": 1, "operator": "ACME"},
        {"number": 3, "name": "BETA 2", "type": 1},
    )
    assert fleets(sky).tolist() == ["ACME", "ACME", ""]


def test_one_object_from_two_sources_is_no_fleet() -> None:
    sky = catalogue_of(
        {"number": 1, "name": "ALPHA 1", "source": "a"},
        {"number": 1, "name": "ALPHA 1", "source": "b"},
    )
    assert fleets(sky).tolist() == ["", ""]


def test_empty_catalogue() -> None:
    empty = catalogue_of({}).take(np.array([], np.int64))
    assert len(fleets(empty)) == 0
    assert len(object_types(empty.object_name)) == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1998-067A", "1998-067A"),
        ("98067A  ", "1998-067A"),
        ("2024067abc", "2024-067ABC"),
        ("57001B", "1957-001B"),
        ("56001B", "2056-001B"),
        ("2022-023", "2022-023"),
        ("", ""),
        (" analyst 7", "ANALYST 7"),
    ],
)
def test_designator(text: str, expected: str) -> None:
    assert designator(text) == expected


def test_unnumbered_ids_are_stable() -> None:
    # Frozen: these ids are kept by whoever stored them.
    assert number_for_unnumbered("1998-067A", "ISS") == number_for_unnumbered("98067A", "ZARYA")
    assert number_for_unnumbered("1998-067A", "ISS") == 201_856_717_344
    assert number_for_unnumbered("", " iss ") == number_for_unnumbered("", "ISS")


def test_unnumbered_ids_differ_and_are_in_range() -> None:
    ids = {number_for_unnumbered("", f"OBJECT {k}") for k in range(1000)}
    ids |= {number_for_unnumbered("", "OBJECT 0", attempt) for attempt in range(1, 4)}
    assert len(ids) == 1003
    assert min(ids) >= UNNUMBERED_FIRST
    assert max(ids) < 10**12


def test_unnumbered_needs_something_to_go_by() -> None:
    with pytest.raises(ValueError, match="needs a designator or a name"):
        number_for_unnumbered("", "  ")
