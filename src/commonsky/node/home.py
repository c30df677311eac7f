"""A node's directory: where its configuration, ledger, keys, policy and outbox are."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from commonsky.errors import NodeError

NATIONS = {
    "AUS": "Australia", "CAN": "Canada", "DEU": "Germany", "FRA": "France",
    "GBR": "United Kingdom", "ITA": "Italy", "JPN": "Japan", "NOR": "Norway",
    "NZL": "New Zealand", "USA": "United States",
}  # fmt: skip
CONFIGURATION = "node.toml"
PORT = 7150

WRITTEN = """\
# This node of commonsky.  Unknown keys are errors.
nation = "{nation}"
realm = "{realm}"            # never changed: keys and ledger belong to it

# The inner listener (API, console) is on `port` of `inner_host`; the partner listener, which
# serves only what was released, on the port after it.
inner_host = "127.0.0.1"
partner_host = "{host}"
port = {port}
address = "{address}"        # how partners reach the partner listener

[screening]
days = 1.0                   # how far ahead
threshold_km = 5.0
alert_pc = 1e-6              # a conjunction is told of from this Pc on,
alert_miss_km = 0.5          # or from this miss distance down,
watched = []                 # or where it is one of these, by catalogue number

[exchange]
bulk_tick_s = 60.0           # element sets leave together, this often; warnings at once
recalls_per_hour = 20        # more from one partner wait for a person

# What the nation's own statements are marked with when they are ingested.
[label]
classification = "UNCLASSIFIED"
releasable_to = [{nations}]
"""


class Screening(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far ahead this node screens, how near, and what it tells of."""

    days: float = 1.0
    threshold_km: float = 5.0
    alert_pc: float = 1e-6
    alert_miss_km: float = 0.5
    watched: tuple[int, ...] = ()  # catalogue numbers: all that comes near them is told of


class Exchange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """At what pace this node exchanges with its partners."""

    bulk_tick_s: float = 60.0
    recalls_per_hour: int = 20


class Marking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What this nation's own statements are marked with."""

    classification: str = "UNCLASSIFIED"
    releasable_to: tuple[str, ...] = ()
    categories: dict[str, tuple[str, ...]] = {}
    agreements: tuple[str, ...] = ()


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What stands in node.toml."""

    nation: str
    realm: str
    inner_host: str = "127.0.0.1"
    partner_host: str = "127.0.0.1"
    port: int = PORT
    address: str = ""
    screening: Screening = Screening()
    exchange: Exchange = Exchange()
    label: Marking = Marking()


@dataclass(frozen=True, slots=True)
class Home:
    """The directory of one node, and what its configuration says."""

    folder: Path
    configuration: Configuration

    @property
    def nation(self) -> str:
        """Three letters."""
        return self.configuration.nation

    @property
    def realm(self) -> str:
        """As ops, exercise/<id> or test."""
        return self.configuration.realm

    @property
    def ledger(self) -> Path:
        """The database of all records."""
        return self.folder / "ledger" / "ledger.sqlite"

    @property
    def keys(self) -> Path:
        """Root, log key and TLS authority."""
        return self.folder / "keys"

    @property
    def partner(self) -> Path:
        """What the partner listener may read beside the outbox."""
        return self.folder / "partner"

    @property
    def outbox(self) -> Path:
        """Static files, a folder for each recipient."""
        return self.folder / "outbox"

    @property
    def peers(self) -> Path:
        """A file for each partner."""
        return self.folder / "peers"

    @property
    def policy(self) -> Path:
        """Release policy, schema, agreements."""
        return self.folder / "policy"

    @property
    def owners(self) -> Path:
        """CSV of NORAD_CAT_ID,NATION: who is at risk when an object is."""
        return self.folder / "owners.csv"

    @property
    def register(self) -> Path:
        """SATCAT or a table of ours: whose objects are whose, as norms ask; may be missing."""
        return self.folder / "register.csv"

    @property
    def circumstances(self) -> Path:
        """TOML of what orbits do not show: notices, consent, explanations; may be missing."""
        return self.folder / "circumstances.toml"

    @property
    def dossiers(self) -> Path:
        """A folder for each dossier that was made here."""
        return self.folder / "dossiers"

    @property
    def sensors(self) -> Path:
        """CSV of this nation's own sensors, which nobody else is told of."""
        return self.folder / "sensors.csv"


def opened(folder: Path) -> Home:
    """Return the node of a directory; anything else is a `NodeError`."""
    path = folder / CONFIGURATION
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise NodeError(
            f"{folder} is no node: it has no {CONFIGURATION}. Make one with "
            f"`commonsky node init {folder} --nation NOR`, or name another with --node"
        ) from None
    except OSError as error:
        raise NodeError(f"{path} cannot be read: {error.strerror or error}") from error
    return Home(folder, parsed(text, str(path)))


def parsed(text: str, name: str) -> Configuration:
    """Return the configuration that stands in a text."""
    try:
        told: dict[str, Any] = tomllib.loads(text)
        return msgspec.convert(told, Configuration)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise NodeError(f"{name} is no configuration of a node: {error}") from None


def made(
    folder: Path, nation: str, realm: str, *, port: int = PORT, host: str = "127.0.0.1"
) -> Home:
    """Make the directory of a new node, with its configuration alone."""
    if nation not in NATIONS:
        raise NodeError(f"{nation!r} is none of the nations {', '.join(NATIONS)}")
    path = folder / CONFIGURATION
    if path.exists():
        raise NodeError(f"{folder} is a node already; nothing was changed")
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    for name, mode in (("ledger", 0o700), ("partner", 0o755), ("outbox", 0o755), ("peers", 0o700)):
        (folder / name).mkdir(mode=mode, exist_ok=True)
    text = WRITTEN.format(
        nation=nation,
        realm=realm,
        host=host,
        port=port,
        address=f"{host}:{port + 1}",
        nations=", ".join(f'"{name}"' for name in NATIONS),
    )
    parsed(text, str(path))
    path.write_text(text, encoding="utf-8")
    return opened(folder)
