"""
Keywords of orbit data messages: OEM, OPM and OMM.

Reference: CCSDS 502.0-B-3 (OPM, OMM, OEM).
"""

from __future__ import annotations

from commonsky.formats.ndm_spec import Rows, Section, Specification, family, fields, triangle

HEADER = """
CLASSIFICATION O text
CREATION_DATE M time
ORIGINATOR M text
MESSAGE_ID O text
"""
STATE_NAMES = ("X", "Y", "Z", "X_DOT", "Y_DOT", "Z_DOT")
STATE_UNITS = dict.fromkeys(STATE_NAMES[:3], "km") | dict.fromkeys(STATE_NAMES[3:], "km/s")
COVARIANCE = triangle(STATE_NAMES, STATE_UNITS, frame="COV_REF_FRAME O text")
SPACECRAFT = """
MASS O real kg
SOLAR_RAD_AREA O real m**2
SOLAR_RAD_COEFF O real
DRAG_AREA O real m**2
DRAG_COEFF O real
"""
USER = "USER_DEFINED_* O text"
OBJECT = """
OBJECT_NAME M text
OBJECT_ID M text
CENTER_NAME M text
REF_FRAME V text
REF_FRAME_EPOCH O time
TIME_SYSTEM V text
"""

OEM = Specification(
    "OEM",
    "orbit ephemeris message",
    ("1.0", "2.0", "3.0"),
    (
        Section("header", fields(HEADER), needed=True),
        Section(
            "metadata",
            fields(f"""{OBJECT}
START_TIME M time
USEABLE_START_TIME O time
USEABLE_STOP_TIME O time
STOP_TIME M time
INTERPOLATION O text
INTERPOLATION_DEGREE O integer"""),
            start="META_START",
            stop="META_STOP",
            needed=True,
        ),
        Section("ephemeris", {}, rows=Rows.EPHEMERIS),
        Section(
            "covariance",
            fields("EPOCH V time\nCOV_REF_FRAME O text"),
            start="COVARIANCE_START",
            stop="COVARIANCE_STOP",
            opener="EPOCH",
            rows=Rows.TRIANGLE,
        ),
    ),
    repeats_from="metadata",
)

OPM = Specification(
    "OPM",
    "orbit parameter message",
    ("1.0", "2.0", "3.0"),
    (
        Section("header", fields(HEADER), needed=True),
        Section("metadata", fields(OBJECT), needed=True),
        Section(
            "state",
            fields(f"""EPOCH V time
{family(STATE_NAMES[:3], "V real km")}
{family(STATE_NAMES[3:], "V real km/s")}"""),
            needed=True,
        ),
        Section(
            "elements",
            fields("""SEMI_MAJOR_AXIS M real km
ECCENTRICITY M real
INCLINATION M real deg
RA_OF_ASC_NODE M real deg
ARG_OF_PERICENTER M real deg
TRUE_ANOMALY O real deg
MEAN_ANOMALY O real deg
GM M real km**3/s**2"""),
        ),
        Section("spacecraft", fields(SPACECRAFT)),
        Section("covariance", fields(COVARIANCE)),
        Section(
            "manoeuvre",
            fields("""MAN_EPOCH_IGNITION M time
MAN_DURATION M real s
MAN_DELTA_MASS M real kg
MAN_REF_FRAME M text
MAN_DV_1 M real km/s
MAN_DV_2 M real km/s
MAN_DV_3 M real km/s"""),
            opener="MAN_EPOCH_IGNITION",
        ),
        Section("user", fields(USER)),
    ),
)

OMM = Specification(
    "OMM",
    "orbit mean-elements message",
    ("2.0", "3.0"),
    (
        Section("header", fields(HEADER), needed=True),
        Section("metadata", fields(f"{OBJECT}MEAN_ELEMENT_THEORY M text"), needed=True),
        Section(
            "elements",
            fields("""EPOCH V time
SEMI_MAJOR_AXIS O real km
MEAN_MOTION O real rev/day
ECCENTRICITY V real
INCLINATION V real deg
RA_OF_ASC_NODE V real deg
ARG_OF_PERICENTER V real deg
MEAN_ANOMALY V real deg
GM O real km**3/s**2"""),
            needed=True,
        ),
        Section("spacecraft", fields(SPACECRAFT)),
        Section(
            "tle",
            fields("""EPHEMERIS_TYPE O integer
CLASSIFICATION_TYPE O text
NORAD_CAT_ID O integer
ELEMENT_SET_NO O integer
REV_AT_EPOCH O integer
BSTAR O real 1/ER
BTERM O real m**2/kg
MEAN_MOTION_DOT O real rev/day**2
MEAN_MOTION_DDOT O real rev/day**3
AGOM O real m**2/kg"""),
        ),
        Section("covariance", fields(COVARIANCE)),
        Section("user", fields(USER)),
    ),
)
