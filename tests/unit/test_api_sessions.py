"""Sessions, one-time addresses and roles: what begins, what ends, what is kept."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from commonsky.errors import KeyRefused
from commonsky.show.api import openings as one_time
from commonsky.show.api.access import permit
from commonsky.show.api.doors import TRIES, TRY_S, Tries
from commonsky.show.api.keys import SCOPES_OF, ApiKeys, Role, Scope, role_of, unkept
from commonsky.show.api.openings import VALID_NS, Openings
from commonsky.show.api.problem import Problem
from commonsky.show.api.routes import RESOURCES
from commonsky.show.api.sessions import IDLE_S, LONGEST_S, MOST, MOST_OF_A_KEY, Sessions

NOW = 1_800_000_000_000_000_000


class Clock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def keys(tmp_path: Path) -> ApiKeys:
    return ApiKeys(tmp_path / "api-keys.json")


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_session_is_whose_key_began_it_until_it_ends(keys: ApiKeys, clock: Clock) -> None:
    sessions = Sessions(keys, now_s=clock)
    key = keys.opened_by(keys.make("desk 2", [Scope.READ], 0))
    secret, other = sessions.begin(key), sessions.begin(key)
    assert sessions.key_of(secret) == key
    assert secret not in repr(vars(sessions))
    sessions.end(secret)
    assert sessions.key_of(secret) is None
    assert sessions.key_of(other) == key
    assert sessions.key_of("") is None


def test_a_session_that_is_not_used_ends_and_no_session_lasts(keys: ApiKeys, clock: Clock) -> None:
    sessions = Sessions(keys, now_s=clock)
    who = unkept("somebody", [Scope.READ])
    idle, used = sessions.begin(who), sessions.begin(who)
    for _ in range(int(LONGEST_S / IDLE_S) * 2 - 1):
        clock.now_s += IDLE_S / 2 + 1
        assert (sessions.key_of(used) is None) == (clock.now_s - 1000.0 > LONGEST_S)
        # To be looked at is not to ask.
        sessions.key_of(idle, asking=False)
    assert sessions.key_of(idle) is None
    clock.now_s = 1000.0 + LONGEST_S + 1
    assert sessions.key_of(used) is None
    assert len(sessions) == 0


def test_a_removed_key_ends_its_sessions(keys: ApiKeys, tmp_path: Path) -> None:
    sessions = Sessions(keys)
    key = keys.opened_by(keys.make("desk 2", [Scope.READ], 0))
    secret = sessions.begin(key)
    ApiKeys(tmp_path / "api-keys.json").remove(key.id)  # as the command line does
    assert sessions.key_of(secret) is None


def test_sessions_are_bounded_and_the_least_asked_go_first(keys: ApiKeys, clock: Clock) -> None:
    sessions = Sessions(keys, now_s=clock)
    key = keys.opened_by(keys.make("desk 2", [Scope.READ], 0))
    begun = []
    for _ in range(MOST_OF_A_KEY):
        clock.now_s += 1
        begun.append(sessions.begin(key))
    clock.now_s += 1
    assert sessions.key_of(begun[0]) == key
    sessions.begin(key)
    assert sessions.key_of(begun[0]) == key
    assert sessions.key_of(begun[1]) is None
    assert len(sessions) == MOST_OF_A_KEY
    for number in range(MOST // MOST_OF_A_KEY + 1):
        other = keys.opened_by(keys.make(f"K{number}", [Scope.READ], 0))
        for _ in range(MOST_OF_A_KEY):
            clock.now_s += 0.001
            newest = sessions.begin(other)
    assert len(sessions) == MOST
    assert sessions.key_of(newest) == other
    assert sessions.key_of(begun[0]) is None


def test_an_address_opens_once_and_not_for_long(tmp_path: Path) -> None:
    openings = Openings(tmp_path)
    token = openings.make(NOW)
    Openings(tmp_path).use(token, NOW + VALID_NS)
    for wrong, at in (
        (token, NOW + 1),
        (openings.make(NOW), NOW + VALID_NS + 1),
        (openings.make(NOW), NOW - 1),
        ("0" * 64, NOW),
        ("../api-keys.json", NOW),
        (openings.make(NOW).upper() + "0", NOW),
    ):
        with pytest.raises(KeyRefused, match="used already"):
            openings.use(wrong, at)


def test_the_folder_opens_nothing_and_is_nobody_elses(tmp_path: Path) -> None:
    token = Openings(tmp_path).make(NOW)
    folder = tmp_path / one_time.FOLDER
    (path,) = folder.iterdir()
    assert token not in path.name + path.read_text()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_unused_addresses_are_bounded_and_old_ones_forgotten(tmp_path: Path) -> None:
    openings = Openings(tmp_path)
    for _ in range(one_time.MOST):
        openings.make(NOW)
    with pytest.raises(KeyRefused, match="unused"):
        openings.make(NOW)
    openings.make(NOW + VALID_NS + 1)
    assert len(list((tmp_path / one_time.FOLDER).iterdir())) == 1


def test_wrong_keys_have_to_wait_each_place_for_itself() -> None:
    clock = Clock()
    tries = Tries(clock)
    for _ in range(TRIES):
        assert tries.wait_s("a") == 0.0
        tries.wrong("a")
    assert tries.wait_s("a") == TRY_S
    assert tries.wait_s("b") == 0.0
    clock.now_s += TRY_S
    assert tries.wait_s("a") == 0.0
    for number in range(5000):
        tries.wrong(str(number))
    assert len(vars(tries)["_free_at_s"]) < 2000


WANTED = {
    None: set(Role),
    Scope.READ: set(Role),
    Scope.SUBMIT: set(Role) - {Role.READ_ONLY},
    Scope.RELEASE: {Role.RELEASE, Role.ADMIN},
    Scope.EXERCISE: {Role.EXERCISE_CONTROL, Role.ADMIN},
    Scope.ADMIN: {Role.ADMIN},
}


@pytest.mark.parametrize("role", Role)
def test_a_role_may_what_its_name_says_and_nothing_else(role: Role) -> None:
    key = unkept("desk 2", SCOPES_OF[role])
    assert role_of(SCOPES_OF[role]) is role
    for scope in {*Scope, *(one.scope for one in RESOURCES)} - {None}:
        if role in WANTED[scope]:
            permit(key, scope, "exercise/gs26")
        else:
            with pytest.raises(Problem, match=f"needs the scope {scope}"):
                permit(key, scope, "exercise/gs26")


@pytest.mark.parametrize("role", Role)
def test_nobody_controls_an_exercise_in_operations(role: Role) -> None:
    with pytest.raises(Problem, match="in operations"):
        permit(unkept("desk 2", SCOPES_OF[role]), Scope.EXERCISE, "ops")
    permit(unkept("desk 2", SCOPES_OF[role]), Scope.READ, "ops")
