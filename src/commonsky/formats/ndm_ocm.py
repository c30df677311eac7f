"""
Keywords of orbit comprehensive messages.  Their lines of numbers are kept, and not interpreted.

Reference: CCSDS 502.0-B-3 (OCM).
"""

from __future__ import annotations

from commonsky.formats.ndm_spec import Rows, Section, Specification, family, fields

HEADER = """
CLASSIFICATION O text
CREATION_DATE M time
ORIGINATOR M text
MESSAGE_ID O text
"""
METADATA = """
OBJECT_NAME O text
INTERNATIONAL_DESIGNATOR O text
CATALOG_NAME O text
OBJECT_DESIGNATOR O text
ALTERNATE_NAMES O text
ORIGINATOR_POC O text
ORIGINATOR_POSITION O text
ORIGINATOR_PHONE O text
ORIGINATOR_EMAIL O text
ORIGINATOR_ADDRESS O text
TECH_ORG O text
TECH_POC O text
TECH_POSITION O text
TECH_PHONE O text
TECH_EMAIL O text
TECH_ADDRESS O text
PREVIOUS_MESSAGE_ID O text
NEXT_MESSAGE_ID O text
ADM_MSG_LINK O text
CDM_MSG_LINK O text
PRM_MSG_LINK O text
RDM_MSG_LINK O text
TDM_MSG_LINK O text
OPERATOR O text
OWNER O text
COUNTRY O text
CONSTELLATION O text
OBJECT_TYPE O text
TIME_SYSTEM M text
EPOCH_TZERO V time
OPS_STATUS O text
ORBIT_CATEGORY O text
OCM_DATA_ELEMENTS O text
SCLK_OFFSET_AT_EPOCH O real s
SCLK_SEC_PER_SI_SEC O real s
PREVIOUS_MESSAGE_EPOCH O moment
NEXT_MESSAGE_EPOCH O moment
START_TIME O moment
STOP_TIME O moment
TIME_SPAN O real d
TAIMUTC_AT_TZERO O real s
NEXT_LEAP_EPOCH O time
NEXT_LEAP_TAIMUTC O real s
UT1MUTC_AT_TZERO O real s
EOP_SOURCE O text
INTERP_METHOD_EOP O text
CELESTIAL_SOURCE O text
"""
TRAJECTORY = """
TRAJ_ID O text
TRAJ_PREV_ID O text
TRAJ_NEXT_ID O text
TRAJ_BASIS O text
TRAJ_BASIS_ID O text
INTERPOLATION O text
INTERPOLATION_DEGREE O integer
PROPAGATOR O text
CENTER_NAME O text
TRAJ_REF_FRAME M text
TRAJ_FRAME_EPOCH O moment
USEABLE_START_TIME O moment
USEABLE_STOP_TIME O moment
ORB_REVNUM O real
ORB_REVNUM_BASIS O 0|1
TRAJ_TYPE M text
ORB_AVERAGING O text
TRAJ_UNITS O text
"""
PHYSICAL = f"""
MANUFACTURER O text
BUS_MODEL O text
DOCKED_WITH O text
DRAG_CONST_AREA O real m**2
DRAG_COEFF_NOM O real
DRAG_UNCERTAINTY O real %
INITIAL_WET_MASS O real kg
WET_MASS O real kg
DRY_MASS O real kg
OEB_PARENT_FRAME O text
OEB_PARENT_FRAME_EPOCH O moment
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
AREA_MIN_FOR_PC O real m**2
AREA_MAX_FOR_PC O real m**2
AREA_TYP_FOR_PC O real m**2
RCS O real m**2
RCS_MIN O real m**2
RCS_MAX O real m**2
SRP_CONST_AREA O real m**2
SOLAR_RAD_COEFF O real
SOLAR_RAD_UNCERTAINTY O real %
VM_ABSOLUTE O real
VM_APPARENT_MIN O real
VM_APPARENT O real
VM_APPARENT_MAX O real
REFLECTANCE O real
ATT_CONTROL_MODE O text
ATT_ACTUATOR_TYPE O text
ATT_KNOWLEDGE O real deg
ATT_CONTROL O real deg
ATT_POINTING O real deg
AVG_MANEUVER_FREQ O real #/yr
MAX_THRUST O real N
DV_BOL O real km/s
DV_REMAINING O real km/s
{family(["IXX", "IYY", "IZZ", "IXY", "IXZ", "IYZ"], "O real kg*m**2")}
"""
COVARIANCE = """
COV_ID O text
COV_PREV_ID O text
COV_NEXT_ID O text
COV_BASIS O text
COV_BASIS_ID O text
COV_REF_FRAME O text
COV_FRAME_EPOCH O moment
COV_SCALE_MIN O real
COV_SCALE_MAX O real
COV_CONFIDENCE O real %
COV_TYPE M text
COV_ORDERING O text
COV_UNITS O text
"""
MANOEUVRE = """
MAN_ID M text
MAN_PREV_ID O text
MAN_NEXT_ID O text
MAN_BASIS O text
MAN_BASIS_ID O text
MAN_DEVICE_ID M text
MAN_PREV_EPOCH O moment
MAN_NEXT_EPOCH O moment
MAN_PURPOSE O text
MAN_PRED_SOURCE O text
MAN_REF_FRAME M text
MAN_FRAME_EPOCH O moment
GRAV_ASSIST_NAME O text
DC_TYPE O text
DC_WIN_OPEN O moment
DC_WIN_CLOSE O moment
DC_MIN_CYCLES O integer
DC_MAX_CYCLES O integer
DC_EXEC_START O moment
DC_EXEC_STOP O moment
DC_REF_TIME O moment
DC_TIME_PULSE_DURATION O real s
DC_TIME_PULSE_PERIOD O real s
DC_REF_DIR O text
DC_BODY_FRAME O text
DC_BODY_TRIGGER O text
DC_PA_START_ANGLE O real deg
DC_PA_STOP_ANGLE O real deg
MAN_COMPOSITION M text
MAN_UNITS O text
"""
PERTURBATIONS = """
ATMOSPHERIC_MODEL O text
GRAVITY_MODEL O text
EQUATORIAL_RADIUS O real km
GM O real km**3/s**2
N_BODY_PERTURBATIONS O text
CENTRAL_BODY_ROTATION O real deg/s
OBLATE_FLATTENING O real
OCEAN_TIDES_MODEL O text
SOLID_TIDES_MODEL O text
REDUCTION_THEORY O text
SRP_MODEL O text
SRP_ALBEDO_MODEL O text
ALBEDO_MODEL O text
ALBEDO_GRID_SIZE O integer
SHADOW_MODEL O text
SHADOW_BODIES O text
SW_DATA_SOURCE O text
SW_DATA_EPOCH O moment
SW_INTERP_METHOD O text
FIXED_GEOMAG_KP O real nT
FIXED_GEOMAG_AP O real nT
FIXED_GEOMAG_DST O real nT
FIXED_F10P7 O real SFU
FIXED_F10P7_MEAN O real SFU
FIXED_M10P7 O real SFU
FIXED_M10P7_MEAN O real SFU
FIXED_S10P7 O real SFU
FIXED_S10P7_MEAN O real SFU
FIXED_Y10P7 O real SFU
FIXED_Y10P7_MEAN O real SFU
"""
DETERMINATION = """
OD_ID M text
OD_PREV_ID O text
OD_METHOD M text
OD_EPOCH M moment
DAYS_SINCE_FIRST_OBS O real d
DAYS_SINCE_LAST_OBS O real d
RECOMMENDED_OD_SPAN O real d
ACTUAL_OD_SPAN O real d
OBS_AVAILABLE O integer
OBS_USED O integer
TRACKS_AVAILABLE O integer
TRACKS_USED O integer
MAXIMUM_OBS_GAP O real d
OD_EPOCH_EIGMAJ O real m
OD_EPOCH_EIGINT O real m
OD_EPOCH_EIGMIN O real m
OD_MAX_PRED_EIGMAJ O real m
OD_MIN_PRED_EIGMIN O real m
OD_CONFIDENCE O real %
GDOP O real
SOLVE_N O integer
SOLVE_STATES O text
CONSIDER_N O integer
CONSIDER_PARAMS O text
SEDR O real W/kg
SENSORS_N O integer
SENSORS O text
WEIGHTED_RMS O real
DATA_TYPES O text
"""


def _block(name: str, word: str, table: str, rows: Rows = Rows.NONE) -> Section:
    return Section(name, fields(table), start=f"{word}_START", stop=f"{word}_STOP", rows=rows)


OCM = Specification(
    "OCM",
    "orbit comprehensive message",
    ("3.0",),
    (
        Section("header", fields(HEADER), needed=True),
        Section("metadata", fields(METADATA), start="META_START", stop="META_STOP", needed=True),
        _block("trajectory", "TRAJ", TRAJECTORY, Rows.FREE),
        _block("physical properties", "PHYS", PHYSICAL),
        _block("covariance", "COV", COVARIANCE, Rows.FREE),
        _block("manoeuvre", "MAN", MANOEUVRE, Rows.FREE),
        _block("perturbations", "PERT", PERTURBATIONS),
        _block("determination", "OD", DETERMINATION),
        _block("user", "USER", "* O text"),
    ),
)
