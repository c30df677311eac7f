"""The composition root: which verb does what, and how a run ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cyclopts import App, CycloptsError, Parameter, UnusedCliTokensError

from commonsky import __version__
from commonsky.errors import (
    CommonskyError,
    DossierRefused,
    FeedRefused,
    KeyRefused,
    MessageError,
    NodeError,
    SourceRefused,
    UnknownEpoch,
    UnknownObject,
    UnknownRecord,
    UnreadableInput,
)
from commonsky.show.cli.exits import Exit, Misuse
from commonsky.show.cli.plain import plain

SUMMARY = """
What is up there, what will come close to what, how likely is a collision, and how far to trust it.

Begin with `commonsky demo`, which needs nothing, or with `commonsky screen FILE`.  Results go to
stdout, everything else to stderr.
"""
EXITS = """
Exit codes: 0 it ran, whatever it found · 1 it failed, or not every message could be written, the
rest being there · 2 wrong usage · 3 input that cannot be read · 4 something was refused, a
source, a feed or a dossier: look why before asking again · 130 interrupted.

COMMONSKY_DEBUG=1 shows where an error came from.
"""
# The first paragraph stands in the list of verbs, all of it in the verb's own help.
VERBS = {
    "screen": """
Find what comes close to what, and how dangerous it is.

As `commonsky screen gp.csv --days 7 --report report.html`.
""",
    "catalogue": """
Tell what catalogue files hold.

Objects by type, orbit, age and operator, and which records were set aside, and why.
""",
    "diff": """
Tell what changed from one catalogue to another.

One JSON object a line: which objects appeared, vanished or have other elements, by how many km.
The last line counts them.
""",
    "assess": """
Tell how dangerous the conjunctions of messages are, and how far to trust it.

As `commonsky assess *.cdm`: Pc by the simplest method that is valid for each, from 2-D Pc over
expected numbers of curved motion to Monte Carlo.  What cannot be assessed says why.
""",
    "realism": """
Tell whether the errors ascribed to element sets are those that they have.

As `commonsky realism OLDER LATER`: how far later sets are from where older ones put their objects,
a scorecard by class, and a factor for single objects with --format json.
""",
    "validate": """
Tell whether navigation messages keep their standard, and where they do not.

One JSON object a message: its kind, and each departure with line and column; what cannot be read
is refused likewise, with exit code 3.  With --strict every departure is refused.
""",
    "convert": """
Write navigation messages in another notation.

As `commonsky convert *.cdm --to xml --out there`: KVN, XML and JSON, with the very digits and
comments they have.
""",
    "fetch": """
Fetch element sets from a public source, by its usage policy.

As `commonsky fetch celestrak active`, then `commonsky screen celestrak:active`.  The same is asked
for at most every two hours, and between is taken from the cache.  After any answer but 200
nothing is asked until you have looked and say --resume.  Prints the path of the file.
""",
    "population": """
Write an invented sky of any size, as OMM CSV on stdout.

It is distributed like the real one, and free to give away.  Numbers count from 900000000.
""",
    "watch": """
Tell events as they arise, from a directory that catalogues are put into or from a node.

As `commonsky watch incoming/`.  Runs until Ctrl-C; with --once it looks once.  With --node and
--state what is found becomes records of the node.
""",
    "sky": """
Tell the state of the sky: numbers by regime, what happened, who keeps to which rule.

As `commonsky sky gp.csv --register satcat.csv --page sky.html`.  The same tests for every State,
those who make the report among them, and what cannot be determined is counted.
""",
    "exposure": """
Tell how radiation uses up the margins of satellites.

As `commonsky exposure own.csv --table belt.csv --margins margins.csv`: dose rates or fluxes of a
table along orbits, days of margin, who is most exposed, and who can be made safe by safing.
""",
    "breakup": """
Tell what a break-up leaves.

As `commonsky breakup 43013 --catalogue gp.csv`: fragments of the standard breakup model, their
masses, and the orbits they begin on.  It explodes, unless --impactor-kg says what hits it.
""",
    "demo": """
Screen an invented sky with twelve planted encounters; needs no network.

Ends with a table of the twelve: found or not, miss distance, Pc, lead time.
""",
    "coalition": """
Run ten national nodes on this machine through one day of an invented sky.

Prints an address at which their consoles can be seen, and at the end of the day a table: which of
twelve planted encounters each nation found alone, which only together, and what was withheld from
it.  The nodes then live on in real time until Ctrl-C (without a terminal, until nobody has looked
for ten minutes); with --once they do not.
""",
    "ingest": """
State what this nation knows, from files or a source.

As `commonsky ingest gp.csv`, on the node in the working directory.  What was stated before, word
for word, is not stated again.
""",
    "told": """
List everything this node has ever told a nation, with receipts.

One JSON object a line; the last counts them.
""",
    "recall": """
Take a record back.

As `commonsky recall 3f2a --reason "wrong sensor bias"`.  Without a reason it tells who has
acknowledged the recall of that record, and who has not.
""",
    "picture": """
Tell what this nation holds, from whom, and where two nations disagree.

As `commonsky picture --as NOR --diff USA`.
""",
    "version": "Tell the version.",
}
GROUPS: dict[str, tuple[str, dict[str, str]]] = {
    "environment": (
        "How crowded it is in orbit, how crowded it gets, and what a policy would change.",
        {
            "now": """
Tell how crowded it is: objects and masses, how often they collide, and which matter most.

As `commonsky environment now gp.csv --sizes cara.csv`.  Masses say how they are known, and are
held against published totals.
""",
            "project": """
Tell how crowded it gets, over years and centuries, from drawn futures.

As `commonsky environment project --population gp.csv --years 100 --runs 10`.  A scenario file
changes launches, disposal, removal, avoidance or the Sun.
""",
            "capacity": """
Tell at once what a policy comes to, and how much of each shell's room is used.

As `commonsky environment capacity --population gp.csv --disposal-success 0.99`.  Means of a shell
model, without chance: to see which way a policy goes before `project` says how sure that is.
""",
        },
    ),
    "events": (
        "What happened in orbit, from histories of element sets.",
        {
            "detect": """
Tell manoeuvres, relocations, approaches and fragmentations.

As `commonsky events detect sets/ --kind manoeuvre`.  Files or directories hold several element
sets of each object.  One JSON object a line, or with --format text one sentence.
""",
        },
    ),
    "norms": (
        "Rules of responsible behaviour, and what happened held against them.",
        {
            "list": "List the rules: id, binding, title.",
            "explain": """
Tell what a rule asks, of whom and since when, how it is tested, and where each of it was read.
""",
            "check": """
Hold objects against rules: the fact, the test, and what the rule is worth in law.

As `commonsky norms check gp.csv --object 27386 --register satcat.csv`.  What cannot be determined
says so, and what would decide it.
""",
        },
    ),
    "dossier": (
        "Evidence that stands without trust in whoever shows it.",
        {
            "make": """
Make a dossier: what was seen, by whom, what else it may have been, which rules it meets.

As `commonsky dossier make sets/ --object 40258 --output luch`.  A folder with a page for people,
what it says as JSON, and every record it rests on with its proof.
""",
            "verify": """
Check a dossier's signature and records, and compute it again from them.

Exit code 4 where something is wrong or comes out otherwise; differences are shown.
""",
        },
    ),
    "node": (
        "Make, run and examine a nation's node.",
        {
            "init": "Make a nation's node: directory, keys, starter policy.",
            "run": """
Run a node until Ctrl-C; killing it at any moment loses nothing.

Two listeners: API and console on --port, partners on the port after it.
""",
            "doctor": "Say in plain words what is wrong with a node.",
            "open": """
Print an address that opens a running node's console once, within minutes.

Whoever may write in the node's directory may open it, as a watch; releases need a person's key.
""",
            "key": """
Make a key to the console and the API for somebody; it is printed this once.

As `commonsky node key ./nor --name "desk 2" --role watch`.
""",
            "keys": "List whose keys are good; --remove ends one, and its sessions.",
        },
    ),
    "peer": (
        "Exchange certificates, roots and log keys with other nations.",
        {
            "invite": """
Write an invitation for another nation.

It holds our address, root, log key and certificate, and no secret; bring it to them in any way.
""",
            "accept": """
Accept another nation's invitation.

Both sides compare a short phrase, by voice: it shows that nobody changed an invitation on its way.
""",
            "list": "List the partners of this node.",
            "remove": "Remove a partner: their certificate is refused from now on.",
        },
    ),
    "release": (
        "What leaves this node, and why.",
        {
            "preview": "Tell what would leave for a recipient, and why, before anything does.",
            "explain": """
Tell why a recipient gets a record, or does not.

Verdict, rule, level and agreement; for what is withheld, also what each level would have needed.
""",
            "confirm": """
Confirm the class of a record for its first release.

A class never released before needs two different persons.
""",
            "lint": "Check the release policy, and say in plain words what is wrong with it.",
        },
    ),
    "feed": (
        "Logs through a USB stick or a one-way diode, and their checks.",
        {
            "export": "Write the log for a recipient into a directory, as it is served.",
            "import": "Take in a partner's log from a directory.",
            "verify": """
Check a log in a directory, or a partner's.

Signatures, inclusion, consistency, gaps, forks, receipts.  Exit code 1 where something is wrong.
""",
        },
    ),
}
FUNCTIONS = {"list": "list_", "import": "import_", "open": "open_"}  # Python has taken the others


EXIT_OF: tuple[tuple[type[BaseException], Exit], ...] = (
    (UnreadableInput, Exit.UNREADABLE),
    (MessageError, Exit.UNREADABLE),
    (SourceRefused, Exit.REFUSED),
    (FeedRefused, Exit.REFUSED),
    (KeyRefused, Exit.REFUSED),
    (DossierRefused, Exit.REFUSED),
    (UnknownEpoch, Exit.USAGE),
    (UnknownObject, Exit.USAGE),
    (UnknownRecord, Exit.USAGE),
    (NodeError, Exit.USAGE),
    (CycloptsError, Exit.USAGE),
    (Misuse, Exit.USAGE),
)
TOLD = (CommonskyError, CycloptsError, OSError, ImportError, MemoryError)


def commonsky() -> App:
    """Return the application; verbs are imported when they are called."""
    app = App(
        "commonsky",
        help=flowing(SUMMARY),
        help_epilogue=flowing(EXITS),
        version=__version__,
        help_format="plaintext",
        default_parameter=Parameter(negative=()),
        result_action="return_value",
        suppress_keyboard_interrupt=False,
    )
    for verb, told in VERBS.items():
        app.command(f"commonsky.show.cli.verbs.{verb}:{verb}", name=verb, help=flowing(told))
    for name, (told, verbs) in GROUPS.items():
        group = App(
            name, help=flowing(told), help_format="plaintext", result_action="return_value"
        )
        for verb, said in verbs.items():
            function = FUNCTIONS.get(verb, verb)
            group.command(
                f"commonsky.show.cli.verbs.{name}:{function}", name=verb, help=flowing(said)
            )
        app.command(group)
    return app


def flowing(text: str) -> str:
    """Return paragraphs of one line each, for the terminal to break where it ends."""
    return "\n\n".join(" ".join(part.split("\n")) for part in text.strip().split("\n\n"))


def main() -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(tokens: Sequence[str]) -> int:
    """Run one command and return its exit code; errors are one line on stderr."""
    debug = bool(os.environ.get("COMMONSKY_DEBUG"))
    try:
        commonsky()(list(tokens), exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read our output has enough.  Python would complain again while flushing.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return Exit.RAN
    except KeyboardInterrupt:
        sys.stderr.write("commonsky: interrupted\n")
        return Exit.INTERRUPTED
    except Exception as error:
        if debug and not isinstance(error, CycloptsError):
            raise
        sys.stderr.write(f"commonsky: {_one_line(error, tokens)}\n")
        return next((code for kind, code in EXIT_OF if isinstance(error, kind)), Exit.FAILED)
    return Exit.RAN


def _one_line(error: BaseException, tokens: Sequence[str]) -> str:
    told = plain(" ".join(str(error).split())) or type(error).__name__
    if not isinstance(error, TOLD):
        return f"unexpected {type(error).__name__}: {told} (COMMONSKY_DEBUG=1 shows where)"
    if not isinstance(error, CycloptsError):
        return told
    if isinstance(error, UnusedCliTokensError):
        told = f"not expected here: {plain(' '.join(error.unused_tokens or ()))}"
    verb = f" {tokens[0]}" if tokens and tokens[0] in VERBS else ""
    return f"{told} (see `commonsky{verb} --help`)"
