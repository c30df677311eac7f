"""Element sets written as single JSON objects read back as what they were."""

import json
from dataclasses import replace

import numpy as np
import pytest

from commonsky.astro.epoch import tai_ns
from commonsky.catalogue.catalogue import UNNUMBERED_FIRST, concatenated
from commonsky.catalogue.identity import number_for_unnumbered
from commonsky.catalogue.population import population
from commonsky.errors import NotRepresentable
from commonsky.formats.omm_csv_writer import ROWS_AT_ONCE
from commonsky.formats.omm_json_writer import omm_json_objects
from tests.catalogue_case import catalogue_of, rows_of
from tests.formats_case import FILES, read_text


def lines(objects: list[bytes]) -> str:
    return "".join(one.decode() + "\n" for one in objects)


def test_what_came_from_messages_reads_back_to_the_bit() -> None:
    table = read_text("".join(FILES[form] + "\n" for form in FILES))
    objects = list(omm_json_objects(table))
    assert rows_of(read_text(lines(objects))) == rows_of(table)
    assert list(omm_json_objects(read_text(lines(objects)))) == objects


def test_an_invented_sky_reads_back_as_it_is_written() -> None:
    sky = read_text(lines(list(omm_json_objects(population(400, 2)))))
    objects = list(omm_json_objects(sky))
    assert rows_of(read_text(lines(objects))) == rows_of(sky)
    assert not any(b"\n" in one or b" :" in one for one in objects)


def test_names_of_any_kind_and_what_is_not_known() -> None:
    table = catalogue_of(
        {"number": 7, "name": 'A "B"\\', "object_id": "1998-067A", "day": 1e-13, "size": 3},
        {"number": 999_999_999, "name": "{}", "operator": "X, Y", "set": -1, "revolution": -1},
        {"number": 8, "name": "ÉTOILE", "classification": "", "type": 3},
    )
    objects = list(omm_json_objects(table))
    read = read_text(lines(objects))
    assert read.object_name.tolist() == table.object_name.tolist()
    assert read.operator.tolist() == table.operator.tolist()
    assert (read.elements.epoch_tai_ns == table.elements.epoch_tai_ns).all()
    assert read.classification.tolist() == ["U", "U", ""]
    told = [set(json.loads(one)) for one in objects]
    assert "RCS_SIZE" in told[0]
    assert not told[1] & {"ELEMENT_SET_NO", "REV_AT_EPOCH", "RCS_SIZE", "OBJECT_TYPE"}
    assert "OPERATOR" not in told[2]
    assert "CLASSIFICATION_TYPE" not in told[2]


def test_who_has_no_number_keeps_designator_and_name() -> None:
    number = number_for_unnumbered("1998-067A", "ISS (ZARYA)")
    unnumbered = catalogue_of({"number": number, "name": "ISS (ZARYA)", "object_id": "1998-067A"})
    (written,) = omm_json_objects(unnumbered)
    assert "NORAD_CAT_ID" not in json.loads(written)
    (row,) = rows_of(read_text(written.decode()))
    assert number >= UNNUMBERED_FIRST
    assert number in row


def test_rows_beside_it_change_nothing() -> None:
    coarse = catalogue_of({"number": 1, "day": 0.25})
    epoch = np.array([tai_ns("2025-03-31T00:00:00.000000001Z")])
    fine = replace(coarse, elements=replace(coarse.elements, epoch_tai_ns=epoch))
    alone = [*omm_json_objects(coarse), *omm_json_objects(fine)]
    assert list(omm_json_objects(concatenated([coarse, fine]))) == alone
    assert b'.000000001"' in alone[1]


def test_more_rows_than_are_written_at_once() -> None:
    many = catalogue_of({"number": 3}, {"number": 4}).take(np.arange(ROWS_AT_ONCE + 3) % 2)
    numbers = [json.loads(one)["NORAD_CAT_ID"] for one in omm_json_objects(many)]
    assert numbers == many.catalogue_number.tolist()


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_is_not_written(value: float) -> None:
    table = catalogue_of({"bstar": 1e-4}, {"bstar": value})
    with pytest.raises(NotRepresentable, match="bstar_per_earth_radius of row 1 is"):
        list(omm_json_objects(table))
