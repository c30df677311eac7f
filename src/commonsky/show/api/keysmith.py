"""Keys made and taken away over the API itself."""

from __future__ import annotations

import logging

import msgspec

from commonsky.show.api.answer import text_of
from commonsky.show.api.desk import Desk
from commonsky.show.api.keys import SCOPES_OF, ApiKey, ApiKeys, Role, Scope, check_realm, role_of

LOG = logging.getLogger(__name__)


class KeyAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom a key is for, and what it is to be good for: scopes, a role, or both."""

    name: str
    scopes: tuple[Scope, ...] = ()
    role: Role | None = None


class KeyTold(msgspec.Struct, frozen=True, kw_only=True):
    """A key, without what opens anything."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    role: Role | None
    made: str


class KeyMade(msgspec.Struct, frozen=True, kw_only=True):
    """A new key; it cannot be told again."""

    key: str


def key_list(keys: ApiKeys) -> tuple[KeyTold, ...]:
    """Return all keys that are good now."""
    return tuple(map(_told, keys.all()))


def key_made(desk: Desk, keys: ApiKeys, asked: KeyAsked, by: ApiKey) -> KeyMade:
    """Make a key."""
    scopes = {*asked.scopes, *(SCOPES_OF[asked.role] if asked.role else ())}
    check_realm(scopes, desk.home.realm)
    made = keys.make(asked.name, scopes, desk.clock.now_tai_ns())
    LOG.info("a key was made for %s", asked.name, extra={"operator": by.name})
    return KeyMade(key=made)


def key_removed(keys: ApiKeys, public: str, by: ApiKey) -> KeyTold:
    """Take a key away."""
    gone = keys.remove(public)
    LOG.info("the key of %s was removed", gone.name, extra={"operator": by.name})
    return _told(gone)


def _told(key: ApiKey) -> KeyTold:
    return KeyTold(
        id=key.id,
        name=key.name,
        scopes=key.scopes,
        role=role_of(key.scopes),
        made=text_of(key.made_tai_ns),
    )
