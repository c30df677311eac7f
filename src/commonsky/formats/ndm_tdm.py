"""
Keywords of tracking data messages and of re-entry data messages.

Reference: CCSDS 503.0-B-2 (TDM); 508.1-B-1 (RDM).
"""

from __future__ import annotations

from commonsky.formats.ndm_odm import COVARIANCE, STATE_NAMES, USER
from commonsky.formats.ndm_spec import Section, Specification, family, fields

RECORDS = (
    "CARRIER_POWER", "DOPPLER_COUNT", "DOPPLER_INSTANTANEOUS", "DOPPLER_INTEGRATED", "MAG",
    "PC_N0", "PR_N0", "RANGE", "RCS", "RECEIVE_FREQ",
    *(f"RECEIVE_FREQ_{number}" for number in range(1, 6)),
    *(f"RECEIVE_PHASE_CT_{number}" for number in range(1, 6)),
    *(f"TRANSMIT_FREQ_{number}" for number in range(1, 6)),
    *(f"TRANSMIT_FREQ_RATE_{number}" for number in range(1, 6)),
    *(f"TRANSMIT_PHASE_CT_{number}" for number in range(1, 6)),
    "ANGLE_1", "ANGLE_2", "DOR", "VLBI_DELAY", "CLOCK_BIAS", "CLOCK_DRIFT", "STEC",
    "TROPO_DRY", "TROPO_WET", "PRESSURE", "RHUMIDITY", "TEMPERATURE",
)  # fmt: skip
METADATA = f"""
TRACK_ID O text
DATA_TYPES O text
TIME_SYSTEM V text
START_TIME O time
STOP_TIME O time
PARTICIPANT_1 V text
{family([f"PARTICIPANT_{number}" for number in range(2, 6)], "O text")}
MODE O text
PATH O text
PATH_1 O text
PATH_2 O text
{family([f"EPHEMERIS_NAME_{number}" for number in range(1, 6)], "O text")}
TRANSMIT_BAND O text
RECEIVE_BAND O text
TURNAROUND_NUMERATOR O integer
TURNAROUND_DENOMINATOR O integer
TIMETAG_REF O text
INTEGRATION_INTERVAL O real
INTEGRATION_REF O text
FREQ_OFFSET O real
RANGE_MODE O text
RANGE_MODULUS O real
RANGE_UNITS O text
ANGLE_TYPE O text
REFERENCE_FRAME O text
INTERPOLATION O text
INTERPOLATION_DEGREE O integer
DOPPLER_COUNT_BIAS O real
DOPPLER_COUNT_SCALE O integer
DOPPLER_COUNT_ROLLOVER O YES|NO
{family([f"TRANSMIT_DELAY_{number}" for number in range(1, 6)], "O real")}
{family([f"RECEIVE_DELAY_{number}" for number in range(1, 6)], "O real")}
DATA_QUALITY O text
CORRECTION_ANGLE_1 O real
CORRECTION_ANGLE_2 O real
CORRECTION_DOPPLER O real
CORRECTION_MAG O real
CORRECTION_RANGE O real
CORRECTION_RCS O real
CORRECTION_RECEIVE O real
CORRECTION_TRANSMIT O real
CORRECTION_ABERRATION_YEARLY O real
CORRECTION_ABERRATION_DIURNAL O real
CORRECTIONS_APPLIED O YES|NO
"""
TDM = Specification(
    "TDM",
    "tracking data message",
    ("1.0", "2.0"),
    (
        Section(
            "header",
            fields("CREATION_DATE M time\nORIGINATOR M text\nMESSAGE_ID O text"),
            needed=True,
        ),
        Section("metadata", fields(METADATA), start="META_START", stop="META_STOP", needed=True),
        Section(
            "data",
            fields(family(RECORDS, "O record")),
            start="DATA_START",
            stop="DATA_STOP",
            needed=True,
        ),
    ),
    repeats_from="metadata",
)

RDM = Specification(
    "RDM",
    "re-entry data message",
    ("1.0",),
    (
        Section(
            "header",
            fields("CREATION_DATE M time\nORIGINATOR M text\nMESSAGE_ID M text"),
            needed=True,
        ),
        Section(
            "metadata",
            fields("""OBJECT_NAME M text
INTERNATIONAL_DESIGNATOR M text
CATALOG_NAME O text
OBJECT_DESIGNATOR O text
OBJECT_TYPE O text
OBJECT_OWNER O text
OBJECT_OPERATOR O text
CONTROLLED_REENTRY M YES|NO|UNKNOWN
CENTER_NAME M text
TIME_SYSTEM V text
EPOCH_TZERO V time
REF_FRAME O text
REF_FRAME_EPOCH O time
EPHEMERIS_NAME O text
GRAVITY_MODEL O text
ATMOSPHERIC_MODEL O text
SOLAR_FLUX_PREDICTION O text
N_BODY_PERTURBATIONS O text
SOLAR_RAD_PRESSURE O text
EARTH_TIDES O text
INTRACK_THRUST O YES|NO
DRAG_PARAMETERS_SOURCE O text
DRAG_PARAMETERS_ALTITUDE O real km
REENTRY_UNCERTAINTY_METHOD O text
REENTRY_DISINTEGRATION O text
IMPACT_UNCERTAINTY_METHOD O text
PREVIOUS_MESSAGE_ID O text
PREVIOUS_MESSAGE_EPOCH O time
NEXT_MESSAGE_EPOCH O time"""),
            needed=True,
        ),
        Section(
            "re-entry",
            fields(f"""ORBIT_LIFETIME M real d
REENTRY_ALTITUDE M real km
ORBIT_LIFETIME_WINDOW_START O real d
ORBIT_LIFETIME_WINDOW_END O real d
NOMINAL_REENTRY_EPOCH O time
REENTRY_WINDOW_START O time
REENTRY_WINDOW_END O time
ORBIT_LIFETIME_CONFIDENCE_LEVEL O real %
PROBABILITY_OF_IMPACT O real
PROBABILITY_OF_BURN_UP O real
PROBABILITY_OF_BREAK_UP O real
PROBABILITY_OF_LAND_IMPACT O real
PROBABILITY_OF_CASUALTY O real
NOMINAL_IMPACT_EPOCH O time
IMPACT_WINDOW_START O time
IMPACT_WINDOW_END O time
IMPACT_REF_FRAME O text
NOMINAL_IMPACT_LON O real deg
NOMINAL_IMPACT_LAT O real deg
NOMINAL_IMPACT_ALT O real m
{family([f"IMPACT_{number}_CONFIDENCE" for number in (1, 2, 3)], "O real %")}
{
                family(
                    [
                        f"IMPACT_{number}_{side}_{what}"
                        for number in (1, 2, 3)
                        for side in ("START", "STOP")
                        for what in ("LON", "LAT")
                    ],
                    "O real deg",
                )
            }
{family([f"IMPACT_{number}_CROSS_TRACK" for number in (1, 2, 3)], "O real km")}"""),
            needed=True,
        ),
        Section(
            "state",
            fields(f"""EPOCH V time
{family(STATE_NAMES[:3], "V real km")}
{family(STATE_NAMES[3:], "V real km/s")}"""),
        ),
        Section("covariance", fields(COVARIANCE)),
        Section(
            "spacecraft",
            fields("""WET_MASS O real kg
DRY_MASS O real kg
HAZARDOUS_SUBSTANCES O text
SOLAR_RAD_AREA O real m**2
SOLAR_RAD_COEFF O real
DRAG_AREA O real m**2
DRAG_COEFF O real
RCS O real m**2
BALLISTIC_COEFF O real kg/m**2
THRUST_ACCELERATION O real m/s**2"""),
        ),
        Section(
            "determination",
            fields("""TIME_LASTOB_START O time
TIME_LASTOB_END O time
RECOMMENDED_OD_SPAN O real d
ACTUAL_OD_SPAN O real d
OBS_AVAILABLE O integer
OBS_USED O integer
TRACKS_AVAILABLE O integer
TRACKS_USED O integer
RESIDUALS_ACCEPTED O real %
WEIGHTED_RMS O real"""),
        ),
        Section("user", fields(USER)),
    ),
)
