"""
The resources of the API, one line each: READ THIS FIRST.

The server, the OpenAPI document and the handbook are all made from this table.
"""

from __future__ import annotations

from commonsky.node.alerts import Conjunction
from commonsky.node.sensors import Sensor
from commonsky.show.api import alerts as alert_list
from commonsky.show.api import (
    crowding,
    dossiers,
    norms,
    objects,
    places,
    records,
    releasing,
    state,
)
from commonsky.show.api.access import SessionTold
from commonsky.show.api.alerts import Alert, AlertsAsked
from commonsky.show.api.answer import Answer, Page, RecordTold
from commonsky.show.api.assessing import AssessAsked, AssessedTold, assessed
from commonsky.show.api.breakups import BreakUpAsked, BreakUpTold, broken_up
from commonsky.show.api.capacity import CapacityTold, capacity_told
from commonsky.show.api.cases import Case, CaseAssessment, assessed_case, case
from commonsky.show.api.claiming import claimed, claimed_all
from commonsky.show.api.claims import ClaimAsked, ClaimsAsked
from commonsky.show.api.conjunctions import ConjunctionsAsked, conjunctions
from commonsky.show.api.exporting_orbits import CzmlAsked, OrbitAsked, czml, oem
from commonsky.show.api.exporting_tables import alerts_csv, conjunctions_csv, objects_csv
from commonsky.show.api.frames import Frames
from commonsky.show.api.frames_kept import FrameAsked
from commonsky.show.api.happened import EventsAsked, EventsTold, events
from commonsky.show.api.history import HistoryAsked, HistoryTold, history
from commonsky.show.api.ingesting import IngestAsked, IngestedTold
from commonsky.show.api.keys import Scope
from commonsky.show.api.keysmith import KeyAsked, KeyMade, KeyTold, key_list, key_made, key_removed
from commonsky.show.api.objects import Differing, Object, ObjectTold, PictureTold
from commonsky.show.api.projections import RunTold
from commonsky.show.api.records import Recalled, ToldLine
from commonsky.show.api.releasing import Confirmed, Explained, Preview
from commonsky.show.api.resource import Form, Resource
from commonsky.show.api.sensors import own_sensors
from commonsky.show.api.state import Health, NodeTold, Peer, SetAside
from commonsky.show.api.stream import StreamAsked

V1 = "/api/v1"
READ, SUBMIT, RELEASE, ADMIN = Scope.READ, Scope.SUBMIT, Scope.RELEASE, Scope.ADMIN
RESOURCES = (
    Resource(
        "GET", f"{V1}/node", READ, "Who this node is, how it is, and how its partners are.",
        Answer[NodeTold], lambda desk, _: state.node(desk),
    ),
    Resource(
        "GET", f"{V1}/peers", READ, "The partners, how their logs reach us and ours them.",
        Answer[tuple[Peer, ...]], lambda desk, _: state.peers(desk),
    ),
    Resource(
        "GET", f"{V1}/quarantine", READ, "What was set aside of partners' logs, and why.",
        Page[SetAside], lambda desk, q: state.quarantine(desk, q.asked), state.SetAsideAsked,
    ),
    Resource(
        "GET", f"{V1}/alerts", READ,
        "All alerts in one list: conjunctions, events, warnings, retractions, notices, claims and "
        "the quality of data, ours and partners'; what is over is struck through.",
        Page[Alert], lambda desk, q: alert_list.alerts(desk, q.asked), AlertsAsked,
    ),
    Resource(
        "GET", f"{V1}/alerts/{{handle}}", READ, "One alert as it stands now.",
        Answer[Alert], lambda desk, q: alert_list.one_alert(desk, q.handle),
    ),
    Resource(
        "POST", f"{V1}/alerts/{{handle}}/claim", SUBMIT,
        "Acknowledge, shelve, claim or close an alert; partners who may know of it are told, "
        "but not by whom.",
        Answer[Alert], lambda desk, q: claimed(desk, q.handle, q.body, q.key),
        body=ClaimAsked, status=201,
    ),
    Resource(
        "GET", f"{V1}/cases/{{handle}}", READ,
        "Everything about one approach of two objects: each nation's messages side by side, and "
        "what this node's own screening makes of it.",
        Answer[Case], lambda desk, q: case(desk, q.handle),
    ),
    Resource(
        "GET", f"{V1}/cases/{{handle}}/assessment", READ,
        "How far this node's own numbers of an approach may be trusted: the ladder of methods for "
        "each combination of sources, and the verdict where nations state different orbits.",
        Answer[CaseAssessment], lambda desk, q: assessed_case(desk, q.handle),
    ),
    Resource(
        "POST", f"{V1}/alerts/claims", SUBMIT,
        "Say the same of up to 500 alerts: of all of them, or where one cannot be, of none.",
        Answer[tuple[Alert, ...]], lambda desk, q: claimed_all(desk, q.body, q.key),
        body=ClaimsAsked, status=201,
    ),
    Resource(
        "GET", f"{V1}/conjunctions", READ, "The present table of conjunctions.",
        Page[Conjunction], lambda desk, q: conjunctions(desk, q.asked), ConjunctionsAsked,
    ),
    Resource(
        "GET", f"{V1}/objects", READ, "Objects, who states them, and whether nations agree.",
        Page[Object], lambda desk, q: objects.objects(desk, q.asked), objects.ObjectsAsked,
    ),
    Resource(
        "GET", f"{V1}/objects/{{number}}", READ,
        "Every statement of one object by nation, agreement or dissent, its conjunctions.",
        Answer[ObjectTold], lambda desk, q: objects.one_object(desk, int(q.path["number"])),
    ),
    Resource(
        "GET", f"{V1}/objects/{{number}}/history", READ,
        "Every statement of one object ever held, and each field with who says so.",
        Answer[HistoryTold],
        lambda desk, q: history(desk, int(q.path["number"]), q.asked), HistoryAsked,
    ),
    Resource(
        "GET", f"{V1}/picture", READ, "The picture in numbers: how much is held, who agrees.",
        Answer[PictureTold], lambda desk, q: objects.picture(desk, q.asked), objects.PictureAsked,
    ),
    Resource(
        "GET", f"{V1}/picture/difference", READ, "Where two nations differ, object by object.",
        Page[Differing], lambda desk, q: objects.picture_difference(desk, q.asked),
        objects.DifferenceAsked,
    ),
    Resource(
        "GET", f"{V1}/picture/crowding", READ,
        "How many objects are where, by height and inclination, and per km³.",
        Answer[places.Crowding], lambda desk, _: places.crowding(desk),
    ),
    Resource(
        "GET", f"{V1}/picture/belt", READ, "What is in the geostationary belt, by longitude.",
        Answer[tuple[places.InBelt, ...]], lambda desk, _: places.belt(desk),
    ),
    Resource(
        "GET", f"{V1}/picture/heights", READ,
        "Period, perigee and apogee of a set of objects: a Gabbard diagram.",
        Answer[places.HeightsTold], lambda desk, q: places.heights(desk, q.asked),
        places.HeightsAsked,
    ),
    Resource(
        "GET", f"{V1}/environment", READ,
        "How crowded it is: objects, masses, collisions by height, the most critical objects.",
        Answer[crowding.EnvironmentTold], lambda desk, _: crowding.environment(desk),
        form=Form.SLOW,
    ),
    Resource(
        "POST", f"{V1}/environment/capacity", READ,
        "How crowded it gets under a policy, by a quick model, and whether limits are kept.",
        Answer[CapacityTold], lambda desk, q: capacity_told(desk, q.body),
        body=crowding.CapacityAsked, form=Form.SLOW,
    ),
    Resource(
        "POST", f"{V1}/environment/breakup", READ,
        "What if an object breaks up: its fragments, and whom they would meet; not kept.",
        Answer[BreakUpTold], lambda desk, q: broken_up(desk, q.body), body=BreakUpAsked,
        form=Form.SLOW,
    ),
    Resource(
        "GET", f"{V1}/environment/projections", READ, "The long runs that are kept.",
        Answer[tuple[RunTold, ...]], lambda desk, _: crowding.runs(desk),
    ),
    Resource(
        "POST", f"{V1}/environment/projections", SUBMIT,
        "Start a long run of how crowded it gets, in the background; one at a time.",
        Answer[RunTold], lambda desk, q: crowding.begun(desk, q.body, q.key),
        body=crowding.ProjectionAsked, form=Form.SLOW, status=202,
    ),
    Resource(
        "GET", f"{V1}/environment/projections/{{id}}", READ,
        "How far a long run is, and what it foretells once it is done.",
        Answer[RunTold], lambda desk, q: crowding.run(desk, q.path["id"]),
    ),
    Resource(
        "DELETE", f"{V1}/environment/projections/{{id}}", SUBMIT, "End a long run.",
        Answer[RunTold], lambda desk, q: crowding.cancelled(desk, q.path["id"], q.key),
        form=Form.SLOW,
    ),
    Resource(
        "GET", f"{V1}/events", READ,
        "What happened: manoeuvres, relocations, approaches and fragmentations in the element "
        "sets held here, the newest first.",
        Answer[EventsTold], lambda desk, q: events(desk, q.asked), EventsAsked, form=Form.SLOW,
    ),
    Resource(
        "GET", f"{V1}/norms", READ,
        "Rules of responsible behaviour: what each asks, of whom, how it is tested.",
        Answer[tuple[norms.RuleTold, ...]], lambda desk, _: norms.rules(desk),
    ),
    Resource(
        "GET", f"{V1}/objects/{{number}}/norms", READ,
        "What rules say of an object: the fact, the test, and the legal status, told apart.",
        Answer[norms.HeldTold], lambda desk, q: norms.held(desk, int(q.path["number"]), q.asked),
        norms.HeldAsked, form=Form.SLOW,
    ),
    Resource(
        "GET", f"{V1}/dossiers", READ, "Dossiers that were made at this node.",
        Answer[tuple[dossiers.DossierLine, ...]], lambda desk, _: dossiers.dossiers(desk),
    ),
    Resource(
        "POST", f"{V1}/dossiers", SUBMIT,
        "Make a dossier on objects, of all that is held of them, signed with this node's key; "
        "it is kept here, and nothing leaves.",
        Answer[dossiers.DossierTold], lambda desk, q: dossiers.make(desk, q.body, q.key),
        body=dossiers.DossierAsked, form=Form.SLOW, status=201,
    ),
    Resource(
        "GET", f"{V1}/dossiers/{{name}}", READ, "One dossier, without its records.",
        Answer[dossiers.DossierTold], lambda desk, q: dossiers.one(desk, q.path["name"]),
    ),
    Resource(
        "GET", f"{V1}/dossiers/{{name}}/page.html", READ, "The page of a dossier.",
        None, lambda desk, q: dossiers.page(desk, q.path["name"]), form=Form.EXPORT,
    ),
    Resource(
        "GET", f"{V1}/records/{{handle}}", READ,
        "One record: envelope, body if there is one, who was told, what it rests on.",
        Answer[RecordTold], lambda desk, q: records.record(desk, q.handle),
    ),
    Resource(
        "POST", f"{V1}/records/{{handle}}/recall", RELEASE,
        "Take a record of ours back from everybody who was told of it.",
        Answer[Recalled], lambda desk, q: records.recalled(desk, q.handle, q.body, q.key),
        body=records.RecallAsked, status=201,
    ),
    Resource(
        "GET", f"{V1}/told/{{nation}}", READ, "Everything a nation was ever told, with receipts.",
        Page[ToldLine], lambda desk, q: records.told(desk, q.path["nation"], q.asked),
        records.ToldAsked,
    ),
    Resource(
        "GET", f"{V1}/release/preview", READ, "What would leave for a nation, before it does.",
        Answer[Preview], lambda desk, q: releasing.preview(desk, q.asked), releasing.PreviewAsked,
    ),
    Resource(
        "GET", f"{V1}/release/explain", READ, "Why a nation gets a record, or does not.",
        Answer[Explained], lambda desk, q: releasing.explain(desk, q.asked),
        releasing.ExplainAsked,
    ),
    Resource(
        "GET", f"{V1}/release/preview/records", READ,
        "The records of a group of the preview, one by one.",
        Page[releasing.PreviewLine], lambda desk, q: releasing.preview_lines(desk, q.asked),
        releasing.LinesAsked,
    ),
    Resource(
        "GET", f"{V1}/release/product", READ, "A record as a nation would see it.",
        Answer[releasing.ProductTold], lambda desk, q: releasing.product(desk, q.asked),
        releasing.ExplainAsked,
    ),
    Resource(
        "GET", f"{V1}/release/refused", READ, "What release officers keep home.",
        Answer[tuple[releasing.KeptHome, ...]], lambda desk, _: releasing.kept_home(desk),
    ),
    Resource(
        "POST", f"{V1}/release/refuse", RELEASE,
        "Keep records of ours home that have not left; a warning to whoever is at risk still "
        "goes, unless two persons say that it is not to.",
        Answer[tuple[releasing.KeptHome, ...]],
        lambda desk, q: releasing.refuse(desk, q.body, q.key), body=releasing.RefuseAsked,
        status=201,
    ),
    Resource(
        "POST", f"{V1}/release/allow", RELEASE,
        "Take refusals back: the policy decides again over these records.",
        Answer[tuple[releasing.KeptHome, ...]],
        lambda desk, q: releasing.allow(desk, q.body, q.key), body=releasing.RefuseAsked,
        status=201,
    ),
    Resource(
        "POST", f"{V1}/release/confirm", RELEASE,
        "Confirm that the class of a record may be released; two persons are needed, and a person "
        "is whom a key was made for.",
        Answer[Confirmed], lambda desk, q: releasing.confirm(desk, q.body, q.key),
        body=releasing.ConfirmAsked,
    ),
    Resource(
        "POST", f"{V1}/assessments", READ,
        "How dangerous the conjunctions of messages are, and by which method that can be known; "
        "they are not kept.",
        Answer[AssessedTold], lambda desk, q: assessed(desk, q.body), body=AssessAsked,
    ),
    Resource(
        "POST", f"{V1}/ingest", SUBMIT,
        "State element sets: OMM in CSV, JSON, XML or KVN, or TLE.",
        Answer[IngestedTold], None, IngestAsked,
        body="element sets, OMM or TLE, not packed, up to 256 MiB", form=Form.INGEST,
    ),
    Resource(
        "GET", f"{V1}/frames", READ, "What the rows of every frame of the present picture are.",
        Answer[Frames], form=Form.FRAMES,
    ),
    Resource(
        "GET", f"{V1}/frames/{{picture}}/{{seconds}}.f32", READ,
        "The states of a whole picture at a POSIX time, as flat float32; 410 where it is gone.",
        None, None, FrameAsked, form=Form.FRAME,
    ),
    Resource(
        "GET", f"{V1}/export/alerts.csv", READ, "The newest alerts as CSV, marked.",
        None, lambda desk, _: alerts_csv(desk), form=Form.EXPORT,
    ),
    Resource(
        "GET", f"{V1}/export/conjunctions.csv", READ, "The table of conjunctions as CSV, marked.",
        None, lambda desk, _: conjunctions_csv(desk), form=Form.EXPORT,
    ),
    Resource(
        "GET", f"{V1}/export/objects.csv", READ, "The objects of the picture as CSV, marked.",
        None, lambda desk, _: objects_csv(desk), form=Form.EXPORT,
    ),
    Resource(
        "GET", f"{V1}/export/object/{{number}}.oem", READ,
        "Every statement of an object as a segment of a CCSDS OEM, marked.",
        None, lambda desk, q: oem(desk, int(q.path["number"]), q.asked), OrbitAsked,
        form=Form.EXPORT,
    ),
    Resource(
        "GET", f"{V1}/export/czml", READ, "Chosen objects, or a conjunction, as CZML, marked.",
        None, lambda desk, q: czml(desk, q.asked), CzmlAsked, form=Form.EXPORT,
    ),
    Resource(
        "GET", f"{V1}/sensors", READ, "This nation's own sensors, which no partner is told of.",
        Answer[tuple[Sensor, ...]], lambda desk, _: own_sensors(desk),
    ),
    Resource(
        "GET", f"{V1}/stream", READ,
        "Records as they come, as server-sent events; `Last-Event-ID` resumes without loss.",
        None, None, StreamAsked, form=Form.STREAM,
    ),
    Resource(
        "GET", f"{V1}/session", None, "Who one is here, and what one may do.",
        SessionTold, form=Form.SESSION,
    ),
    Resource(
        "POST", f"{V1}/exercise/clock", Scope.EXERCISE,
        "Let the time of an exercise run faster, slower or not at all.",
        Answer[state.ClockTold], lambda desk, q: state.set_clock(desk, q.body, q.key),
        body=state.ClockAsked,
    ),
    Resource(
        "GET", f"{V1}/keys", ADMIN, "The keys that are good here; never the keys themselves.",
        tuple[KeyTold, ...], lambda _, q: key_list(q.keys),
    ),
    Resource(
        "POST", f"{V1}/keys", ADMIN, "Make a key; this answer is the only one that shows it.",
        KeyMade, lambda desk, q: key_made(desk, q.keys, q.body, q.key), body=KeyAsked, status=201,
    ),
    Resource(
        "DELETE", f"{V1}/keys/{{id}}", ADMIN, "Let a key be good for nothing from now on.",
        KeyTold, lambda _, q: key_removed(q.keys, q.path["id"], q.key),
    ),
    Resource(
        "GET", "/health", None, "Whether the node answers.",
        Health, lambda desk, _: state.health(desk),
    ),
    Resource(
        "GET", "/health/ready", None,
        "Whether the node is ready for work; 503 with reasons if not.",
        Health, None, form=Form.READY,
    ),
    Resource("GET", "/metrics", READ, "Measurements for Prometheus.", None, form=Form.METRICS),
    Resource(
        "GET", "/openapi.json", None, "This API in OpenAPI 3.1.", None, form=Form.DOCUMENT
    ),
    Resource("GET", "/docs", None, "This API for people.", None, form=Form.HANDBOOK),
)  # fmt: skip
