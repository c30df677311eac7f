"""
Keywords of conjunction data messages: version 1.0, and what 2.0 adds.

Reference: CCSDS 508.0-B-1 with its corrigendum.  The additions of version 2.0
are those that messages of TraCSS carry; the standard's own text of it was not at hand.
"""

from __future__ import annotations

from commonsky.formats.ndm_spec import Section, Specification, family, fields, triangle

CARTESIAN = ("X", "Y", "Z", "XDOT", "YDOT", "ZDOT")
AXES = ("R", "T", "N", "RDOT", "TDOT", "NDOT")
UNITS = dict.fromkeys(AXES[:3], "m") | dict.fromkeys(AXES[3:], "m/s")
HEADER = """
CLASSIFICATION O text
CREATION_DATE M time
ORIGINATOR M text
MESSAGE_FOR O text
MESSAGE_ID M text
"""
RELATIVE = f"""
CONJUNCTION_ID O text
PREVIOUS_MESSAGE_ID O text
PREVIOUS_MESSAGE_EPOCH O time
NEXT_MESSAGE_EPOCH O time
TCA V time
MISS_DISTANCE V real m
MAHALANOBIS_DISTANCE O real
RELATIVE_SPEED O real m/s
{family([f"RELATIVE_POSITION_{axis}" for axis in "RTN"], "O real m")}
{family([f"RELATIVE_VELOCITY_{axis}" for axis in "RTN"], "O real m/s")}
APPROACH_ANGLE O real deg
START_SCREEN_PERIOD O time
STOP_SCREEN_PERIOD O time
SCREEN_TYPE O text
SCREEN_VOLUME_FRAME O RTN|TVN
SCREEN_VOLUME_SHAPE O ELLIPSOID|BOX|SPHERE
SCREEN_VOLUME_RADIUS O real m
{family([f"SCREEN_VOLUME_{axis}" for axis in "XYZ"], "O real m")}
SCREEN_ENTRY_TIME O time
SCREEN_EXIT_TIME O time
SCREEN_PC_THRESHOLD O real
COLLISION_PERCENTILE O text
COLLISION_PROBABILITY O real
COLLISION_PROBABILITY_METHOD O text
COLLISION_MAX_PROBABILITY O real
COLLISION_MAX_PC_METHOD O text
SEFI_COLLISION_PROBABILITY O real
SEFI_COLLISION_PROBABILITY_METHOD O text
SEFI_FRAGMENTATION_MODEL O text
"""
METADATA = """
OBJECT V OBJECT1|OBJECT2
OBJECT_DESIGNATOR M text
CATALOG_NAME M text
OBJECT_NAME M text
INTERNATIONAL_DESIGNATOR M text
OBJECT_TYPE O text
OPS_STATUS O text
OPERATOR_CONTACT_POSITION O text
OPERATOR_ORGANIZATION O text
OPERATOR_PHONE O text
OPERATOR_EMAIL O text
EPHEMERIS_NAME M text
ODM_MSG_LINK O text
ADM_MSG_LINK O text
OBS_BEFORE_NEXT_MESSAGE O YES|NO
COVARIANCE_METHOD M CALCULATED|DEFAULT
COVARIANCE_SOURCE O text
MANEUVERABLE M YES|NO|N/A
ORBIT_CENTER O text
REF_FRAME V GCRF|EME2000|ITRF
ALT_COV_TYPE O text
ALT_COV_REF_FRAME O text
GRAVITY_MODEL O text
ATMOSPHERIC_MODEL O text
N_BODY_PERTURBATIONS O text
SOLAR_RAD_PRESSURE O text
EARTH_TIDES O text
INTRACK_THRUST O text
"""
DETERMINATION = """
TIME_LASTOB_START O time
TIME_LASTOB_END O time
RECOMMENDED_OD_SPAN O real d
ACTUAL_OD_SPAN O real d
OBS_AVAILABLE O integer
OBS_USED O integer
TRACKS_AVAILABLE O integer
TRACKS_USED O integer
RESIDUALS_ACCEPTED O real %
WEIGHTED_RMS O real
OD_EPOCH O time
"""
PARAMETERS = """
AREA_PC O real m**2
AREA_PC_MIN O real m**2
AREA_PC_MAX O real m**2
AREA_DRG O real m**2
AREA_SRP O real m**2
OEB_PARENT_FRAME O text
OEB_PARENT_FRAME_EPOCH O time
OEB_Q1 O real
OEB_Q2 O real
OEB_Q3 O real
OEB_QC O real
OEB_MAX O real m
OEB_INT O real m
OEB_MIN O real m
AREA_ALONG_OEB_MAX O real m**2
AREA_ALONG_OEB_INT O real m**2
AREA_ALONG_OEB_MIN O real m**2
RCS O real m**2
RCS_MIN O real m**2
RCS_MAX O real m**2
VM_ABSOLUTE O real
VM_APPARENT_MIN O real
VM_APPARENT O real
VM_APPARENT_MAX O real
REFLECTANCE O real
MASS O real kg
HBR O real m
CD_AREA_OVER_MASS O real m**2/kg
CR_AREA_OVER_MASS O real m**2/kg
THRUST_ACCELERATION O real m/s**2
SEDR O real W/kg
MIN_DV O text
MAX_DV O text
LEAD_TIME_REQD_BEFORE_TCA O real h
APOAPSIS_ALTITUDE O real km
PERIAPSIS_ALTITUDE O real km
INCLINATION O real deg
COV_CONFIDENCE O real
COV_CONFIDENCE_METHOD O text
"""
STATE = f"""
{family("XYZ", "V real km")}
{family([f"{axis}_DOT" for axis in "XYZ"], "V real km/s")}
"""
EXTRA = {"DRG": "m**2/kg", "SRP": "m**2/kg", "THR": "m/s**2"}
EXTRA_UNITS = {
    "DRG": {"R": "m**3/kg", "RDOT": "m**3/(kg*s)", "DRG": "m**4/kg**2"},
    "SRP": {
        "R": "m**3/kg", "RDOT": "m**3/(kg*s)", "DRG": "m**4/kg**2", "SRP": "m**4/kg**2",
    },
    "THR": {
        "R": "m**2/s**2", "RDOT": "m**2/s**3", "DRG": "m**3/(kg*s**2)",
        "SRP": "m**3/(kg*s**2)", "THR": "m**2/s**4",
    },
}  # fmt: skip


def _extra_rows(axes: tuple[str, ...]) -> str:
    """Rows 7 to 9 of the covariance on six axes: drag, radiation pressure, thrust."""
    lines = []
    for row, name in enumerate(EXTRA):
        for other in (*axes, *list(EXTRA)[: row + 1]):
            column = other if other in EXTRA else ("R" if len(other) == 1 else "RDOT")
            lines.append(f"C{name}_{other} O real {EXTRA_UNITS[name][column]}")
    return "\n".join(lines)


COVARIANCE = f"""
{triangle(AXES, UNITS)}
{_extra_rows(AXES)}
"""
CARTESIAN_COVARIANCE = f"""
{triangle(CARTESIAN, dict(zip(CARTESIAN, UNITS.values(), strict=True)), obligation="O")}
{_extra_rows(CARTESIAN)}
"""
ADDITIONAL = """
DENSITY_FORECAST_UNCERTAINTY O real
CSCALE_FACTOR_MIN O real
CSCALE_FACTOR O real
CSCALE_FACTOR_MAX O real
SCREENING_DATA_SOURCE O text
DCP_SENSITIVITY_VECTOR_POSITION O text m
DCP_SENSITIVITY_VECTOR_VELOCITY O text m/s
CSIG3EIGVEC3 O text
USER_DEFINED_* O text
"""
CDM = Specification(
    "CDM",
    "conjunction data message",
    ("1.0", "2.0"),
    (
        Section("header", fields(HEADER), needed=True),
        Section("relative", fields(RELATIVE), needed=True),
        Section("metadata", fields(METADATA), opener="OBJECT", needed=True),
        Section("determination", fields(DETERMINATION)),
        Section("parameters", fields(PARAMETERS)),
        Section("state", fields(STATE), needed=True),
        Section("covariance", fields(COVARIANCE), needed=True),
        Section("covariance on other axes", fields(CARTESIAN_COVARIANCE)),
        Section("additional", fields(ADDITIONAL)),
    ),
    repeats_from="metadata",
    segments=2,
    units_needed=True,
)
