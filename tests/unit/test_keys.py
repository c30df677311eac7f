"""Keys of a node: made, changed, taken back; and what a thief cannot do with them."""

import hashlib
import stat
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from commonsky.errors import FeedRefused, KeyRefused
from commonsky.node import certificates
from commonsky.node.keys import Keys, made_keys
from commonsky.node.signer import FileSigner, made_signer, opened_signer
from commonsky.share import key_log
from commonsky.share.certificates import checked_authority, tls_name
from commonsky.share.key_log import KeyLog, Rotation, Signed, Statement

DAY_NS = 86_400 * 10**9
NOW_TAI_NS = 1_772_000_000 * 10**9
ORIGIN, OTHER = "commonsky/" + "1" * 32, "commonsky/" + "2" * 32
GOOD = {ORIGIN: (1000, b"r" * 32), OTHER: (7, b"s" * 32)}


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return made_keys(tmp_path / "keys", tmp_path / "partner", "NOR", "ops", NOW_TAI_NS)


def test_what_is_secret_is_for_us_alone(keys: Keys) -> None:
    secrets = [*keys.folder.glob("*.pem"), keys.partner / "key.pem"]
    assert len(secrets) == 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}
    assert stat.S_IMODE(keys.folder.stat().st_mode) == 0o700
    assert "safe" in keys.advice


def test_a_secret_that_others_may_read_is_refused(keys: Keys) -> None:
    keys.root_path.chmod(0o640)
    with pytest.raises(KeyRefused, match="can be read by others"):
        keys.root()


def test_keys_are_not_made_twice(keys: Keys) -> None:
    before = keys.root().public_key
    with pytest.raises(KeyRefused, match="already"):
        made_keys(keys.folder, keys.partner, "NOR", "ops", NOW_TAI_NS)
    assert keys.root().public_key == before


def test_keys_are_of_one_nation_in_one_realm(keys: Keys) -> None:
    for nation, realm in (("NOR", "exercise/gs26"), ("AUS", "ops")):
        with pytest.raises(KeyRefused, match="NOR in ops"):
            Keys(keys.folder, keys.partner, nation, realm).signer()
    assert keys.signer().name == "commonsky/ops/NOR/log"


def test_a_root_may_be_locked_and_lie_elsewhere(tmp_path: Path) -> None:
    keys = made_keys(tmp_path / "k", tmp_path / "p", "NOR", "test", NOW_TAI_NS, b"open sesame")
    safe = tmp_path / "safe.pem"
    keys.root_path.rename(safe)
    assert b"ENCRYPTED" in safe.read_bytes()
    assert keys.root(b"open sesame", safe).public_key == keys.log().root
    for passphrase, why in ((b"", "needs its passphrase"), (b"open", "with this passphrase")):
        with pytest.raises(KeyRefused, match=why):
            keys.root(passphrase, safe)
    with pytest.raises(KeyRefused, match="there is no key"):
        keys.root()
    assert keys.signer().sign(b"message")


def test_another_nodes_root_is_refused(keys: Keys, tmp_path: Path) -> None:
    made_signer(tmp_path / "other.pem", "other")
    with pytest.raises(KeyRefused, match="another node's root"):
        keys.root(b"", tmp_path / "other.pem")


@pytest.mark.parametrize("content", [b"", b"noise", b"-----BEGIN PRIVATE KEY-----\nAA==\n"])
def test_what_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyRefused, match="holds no private key"):
        opened_signer(path, "key")


def test_after_a_rotation_the_old_key_is_good_as_far_as_it_went(keys: Keys) -> None:
    old = keys.signer()
    log = keys.rotate(keys.root(), GOOD, NOW_TAI_NS + 1)
    new = keys.signer()
    assert log.key.public_key == new.public_key != old.public_key
    assert len(list(keys.folder.glob("log-*.pem"))) == 1
    log.check(new.public_key, ORIGIN, 10_000, b"x" * 32)
    log.check(old.public_key, ORIGIN, 1000, b"r" * 32)
    log.check(old.public_key, ORIGIN, 999, b"x" * 32)
    with pytest.raises(FeedRefused, match="at 1000 entries") as refused:
        log.check(old.public_key, ORIGIN, 1001, b"x" * 32)
    assert refused.value.reason == "revoked key"
    with pytest.raises(FeedRefused) as refused:
        log.check(old.public_key, ORIGIN, 1000, b"x" * 32)
    assert refused.value.reason == "fork"
    with pytest.raises(FeedRefused) as refused:
        log.check(bytes(32), ORIGIN, 1, b"x" * 32)
    assert refused.value.reason == "bad signature"


def test_a_revocation_needs_the_root_alone_and_takes_the_certificate_along(keys: Keys) -> None:
    old, certificate = keys.signer(), keys.certificate()
    log = keys.revoke(keys.root(), GOOD, NOW_TAI_NS + 1)
    assert keys.signer().public_key == log.key.public_key != old.public_key
    assert keys.certificate() != certificate
    assert len(log.revoked_certificates) == 1
    with pytest.raises(FeedRefused, match="was revoked"):
        log.check(old.public_key, OTHER, 8, b"x" * 32)
    unnamed = "commonsky/" + "3" * 32
    log.check(old.public_key, unnamed, 0, hashlib.sha256().digest())
    with pytest.raises(FeedRefused):
        log.check(old.public_key, unnamed, 1, b"x" * 32)


def test_a_revocation_that_was_cut_off_is_ended_by_the_next_renewal(keys: Keys) -> None:
    stolen = (keys.partner / "key.pem").read_bytes()
    keys.revoke(keys.root(), GOOD, NOW_TAI_NS + 1)
    (keys.partner / "key.pem").write_bytes(stolen)
    assert keys.renew(NOW_TAI_NS + 2)
    assert (keys.partner / "key.pem").read_bytes() != stolen
    assert not keys.renew(NOW_TAI_NS + 2)


def test_a_key_log_tells_sizes_to_nobody_else(keys: Keys) -> None:
    log = keys.revoke(keys.root(), GOOD, NOW_TAI_NS + 1)
    text = key_log.encoded(log)
    assert ORIGIN.encode() not in text
    assert (b"r" * 32).hex().encode() not in text
    guess = key_log.good_of(log.keys[0], "commonsky/" + "0" * 32)
    assert guess[0] == 0
    assert key_log.good_of(log.keys[0], OTHER) == (7, b"s" * 32)


def test_a_key_log_comes_back_from_its_file(keys: Keys) -> None:
    keys.rotate(keys.root(), GOOD, NOW_TAI_NS + 1)
    log = keys.revoke(keys.root(), {}, NOW_TAI_NS + 2)
    statements = key_log.decoded(key_log.encoded(log))
    assert key_log.verify_key_log(statements, log.root) == log
    assert [key.revoked for key in log.keys] == [False, True, False]


def test_publishing_lays_it_into_outboxes(keys: Keys, tmp_path: Path) -> None:
    folder = tmp_path / "outbox" / "GBR"
    keys.publish([folder])
    assert (folder / "key-log").read_bytes() == key_log.encoded(keys.log())


# A thief holds the key of the logs, and not the root.


def stolen(keys: Keys) -> tuple[KeyLog, FileSigner]:
    return keys.log(), keys.signer()


def resigned(statement: Statement, root: FileSigner, key_signature: str = "") -> Signed:
    return Signed(statement, root.sign(key_log.message(statement)).hex(), key_signature)


def after(log: KeyLog, **changed: object) -> Statement:
    """The statement that would follow, with something changed."""
    what = Rotation("ab" * 32, ())
    previous = key_log.digest(log.statements[-1].statement)
    fields = {
        "nation": "NOR",
        "realm": "ops",
        "index": len(log.statements),
        "previous": previous,
        "said_tai_ns": NOW_TAI_NS + 1,
        "what": what,
    }
    return Statement(**{**fields, **changed})  # type: ignore[arg-type]


def forged(keys: Keys, signer: FileSigner, **changed: object) -> list[Signed]:
    log = keys.log()
    statement = after(log, **changed)
    own = keys.signer().sign(key_log.message(statement)).hex()
    return [*log.statements, resigned(statement, signer, own)]


ATTEMPTS: dict[str, tuple[str, Callable[[Keys], list[Signed]]]] = {
    "rotates alone": ("not signed by the root", lambda keys: forged(keys, keys.signer())),
    "back-dates": (
        "dated before",
        lambda keys: forged(keys, keys.root(), said_tai_ns=NOW_TAI_NS - 1),
    ),
    "forks within": ("does not follow", lambda keys: forged(keys, keys.root(), previous="0" * 64)),
    "skips": ("does not follow", lambda keys: forged(keys, keys.root(), index=2)),
    "changes realm": (
        "exercise/gs26",
        lambda keys: forged(keys, keys.root(), realm="exercise/gs26"),
    ),
    "changes nation": ("AUS", lambda keys: forged(keys, keys.root(), nation="AUS")),
    "takes the same key again": (
        "used before",
        lambda keys: forged(keys, keys.root(), what=Rotation(keys.signer().public_key.hex(), ())),
    ),
    "begins again": (
        "cannot stand there",
        lambda keys: forged(keys, keys.root(), what=keys.log().statements[0].statement.what),
    ),
    "names no key": (
        "not 32 bytes",
        lambda keys: forged(keys, keys.root(), what=Rotation("zz", ())),
    ),
    "is empty": ("1 to 500", lambda _: []),
    "has no end": ("1 to 500", lambda keys: [*keys.log().statements] * 501),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_a_forged_key_log_is_refused(keys: Keys, name: str) -> None:
    why, attempt = ATTEMPTS[name]
    with pytest.raises(KeyRefused, match=why):
        key_log.verify_key_log(attempt(keys), keys.log().root)


def test_a_rotation_that_is_in_order_is_taken(keys: Keys) -> None:
    assert key_log.verify_key_log(forged(keys, keys.root()), keys.log().root)


def test_the_root_alone_rotates_nothing(keys: Keys) -> None:
    log = keys.log()
    statements = [*log.statements, resigned(after(log), keys.root())]
    with pytest.raises(KeyRefused, match="which has not signed it"):
        key_log.verify_key_log(statements, log.root)


def test_a_thief_who_signs_as_root_is_refused(keys: Keys) -> None:
    log, thief = stolen(keys)
    statement = msgspec.structs.replace(log.statements[0].statement, said_tai_ns=NOW_TAI_NS + 5)
    with pytest.raises(KeyRefused, match="not signed by the root"):
        key_log.verify_key_log([resigned(statement, thief)], log.root)


def test_a_second_story_is_a_fork_and_a_shorter_one_a_rewind(keys: Keys) -> None:
    before, root = keys.log(), keys.root()
    one = key_log.revoked(before, root, b"a" * 32, {}, NOW_TAI_NS + 1)
    two = key_log.revoked(before, root, b"b" * 32, {}, NOW_TAI_NS + 1)
    key_log.check_continues(before, one)
    key_log.check_continues(one, one)
    with pytest.raises(KeyRefused, match="fork"):
        key_log.check_continues(one, two)
    with pytest.raises(KeyRefused, match="rewind"):
        key_log.check_continues(one, before)


@pytest.mark.parametrize(
    "content", [b"", b"[", b"{}", b'[{"statement":{}}]', b"[" * 100_000, b" " * (1 << 20)]
)
def test_what_is_no_key_log_is_refused(content: bytes) -> None:
    with pytest.raises(KeyRefused):
        key_log.decoded(content)


def test_every_changed_letter_of_a_key_log_shows(keys: Keys) -> None:
    log = keys.rotate(keys.root(), GOOD, NOW_TAI_NS + 1)
    content = key_log.encoded(log)
    for place in range(0, len(content), 7):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        try:
            found = key_log.verify_key_log(key_log.decoded(changed), log.root)
        except KeyRefused:
            continue
        assert found == log  # only white space was touched


# Certificates.


def test_a_certificate_is_renewed_in_its_last_month(keys: Keys) -> None:
    before = keys.certificate()
    assert not keys.renew(NOW_TAI_NS + 50 * DAY_NS)
    assert keys.certificate() == before
    assert keys.renew(NOW_TAI_NS + 61 * DAY_NS)
    assert keys.certificate() != before
    keys.certificate().verify_directly_issued_by(
        checked_authority(keys.log().authority, "NOR", "ops")
    )


def test_an_authority_is_held_to_nation_and_realm(keys: Keys) -> None:
    authority = keys.log().authority
    checked_authority(authority, "NOR", "ops")
    for nation, realm in (("AUS", "ops"), ("NOR", "test"), ("NOR", "exercise/gs26")):
        with pytest.raises(KeyRefused, match="calls itself"):
            checked_authority(authority, nation, realm)
    for content in (b"", authority[:-1], certificates.der(keys.certificate())):
        with pytest.raises(KeyRefused):
            checked_authority(content, "NOR", "ops")


def test_names_tell_nation_and_realm_apart() -> None:
    realms = ("ops", "test", "exercise/gs26", "exercise/GS26", "exercise/gs_26")
    names = {tls_name(nation, realm) for nation in ("NOR", "AUS") for realm in realms}
    assert len(names) == 10
    assert tls_name("NOR", "ops") == "nor.ops.commonsky"
