"""One object of JSON on its way to keywords and values: where each name and value stands."""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque

from commonsky.formats.ndm_json_pieces import NotFinite
from commonsky.formats.ndm_kernels import LONGEST_LINE
from commonsky.formats.ndm_lines import Problem, problem_at
from commonsky.formats.ndm_transcript import NOWHERE, Transcript

TEXT = rb'"([^"\\]*+(?:\\.[^"\\]*+)*+)"'
TOKEN = re.compile(TEXT + rb"(?:\s*(:)\s*(?:" + TEXT + rb"|([^\s,\[\]{}\"]+))?)?", re.DOTALL)
KEYWORD = re.compile(r"[A-Z0-9_]{1,200}")
PLAIN = re.compile(r"[^\x00-\x1f\x7f]*")


class Source:
    """The bytes of an object, and the transcript that is made of them."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.transcript = Transcript()
        self._named: dict[str, deque[tuple[int, int]]] = defaultdict(deque)
        self._elements: deque[tuple[str, int, int]] = deque()
        for found in TOKEN.finditer(raw):
            name = _read(found[1])
            if found[2] is None:
                self._elements.append((name, *found.span(1)))
            elif found[3] is not None or found[4] is not None:
                self._named[name].append(found.span(3 if found[3] is not None else 4))
            else:
                self._named[name].append((found.start(), NOWHERE))

    def place(self, name: str) -> tuple[int, int]:
        """Where the value of a name stands: of the next one where it stands in several objects."""
        places = self._named.get(name)
        if not places:
            return 0, NOWHERE
        return places.popleft() if len(places) > 1 else places[0]

    def place_of_element(self, text: str) -> tuple[int, int]:
        """Where the next text of a list stands that reads so."""
        while self._elements:
            found, start, end = self._elements.popleft()
            if found == text:
                return start, end
        return 0, NOWHERE

    def say(self, keyword: str, value: object, name: str, unit: str) -> None:
        """Add an assignment."""
        if not KEYWORD.fullmatch(keyword):
            raise self.problem("is no keyword", name)
        text = self.text(name, value)
        start, end = self.place(name)
        self.transcript.say(keyword, text, unit, start, end)

    def comment(self, value: object, name: str) -> None:
        """Add a comment, which stands alone or in a list."""
        text = self.text(name, value)
        start, end = self.place_of_element(str(value))
        if end == NOWHERE:
            start, end = self.place(name)
        self.transcript.add(b"COMMENT " + text, start, end)

    def text(self, name: str, value: object) -> bytes:
        """Return a value as a line can hold it; what is none is a `Problem`."""
        if isinstance(value, bool):
            value = "true" if value else "false"
        if not isinstance(value, str) or len(value) > LONGEST_LINE:
            raise self.problem("is no text or number of a message", name)
        if not PLAIN.fullmatch(value):
            raise self.problem("holds control characters", name)
        if isinstance(value, NotFinite):
            return b"NaN"  # the one word that readers know for what is not a number
        try:
            return value.encode()
        except UnicodeEncodeError:
            raise self.problem("holds half a character", name) from None

    def problem(self, told: str, name: str) -> Problem:
        """Return a problem with the value of a name."""
        return problem_at(self.raw, self.place(name)[0], told, name[:40])


def _read(text: bytes) -> str:
    plain = text.decode("utf-8", "replace")
    if "\\" not in plain:
        return plain
    try:
        return str(json.loads(f'"{plain}"'))
    except json.JSONDecodeError:
        return plain
