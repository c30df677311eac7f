import base64
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from commonsky.errors import FeedRefused, KeyRefused
from commonsky.share.log import checkpoint, note
from commonsky.share.log.checkpoint import OneKey
from tests.feed_case import Key

# golang.org/x/mod, sumdb/note/note_test.go: keys, text and signatures.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
ENOCH = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
PETER_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
TEXT = (
    b"If you think cryptography is the answer to your problem,\n"
    b"then you don't know what your problem is.\n"
)
PETER_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZ"
    "b6KE6RyyBwJnAM=\n"
).encode()
ENOCH_LINE = (
    "— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33"
    "WWd1RvMc+QQ=\n"
).encode()
NOTE = TEXT + b"\n" + PETER_LINE + ENOCH_LINE
# transparency-dev/formats, note/note_cosigv1_test.go: a key of each kind.
PLAIN = "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"
COSIGNER = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2"

# C2SP tlog-cosignature: an example of what is signed.
COSIGNED = b"""cosignature/v1
time 1679315147
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
"""
STATE = COSIGNED.partition(b"\n")[2].partition(b"\n")[2]


class Peter:
    """The signing key that goes with PETER."""

    def __init__(self) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(PETER_SEED)
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


@pytest.mark.parametrize("text", [PETER, ENOCH, PLAIN, COSIGNER])
def test_verifier_keys_of_others_are_read_and_written(text: str) -> None:
    verifier = note.parsed_verifier(text)
    assert str(verifier) == text
    assert verifier.id.hex() == text.split("+")[1]


def test_the_kind_of_a_key_is_in_its_identity() -> None:
    assert note.parsed_verifier(COSIGNER).kind == note.COSIGNATURE
    plain = note.parsed_verifier(PLAIN)
    assert note.Verifier(plain.name, plain.public_key, note.COSIGNATURE).id != plain.id


@pytest.mark.parametrize(
    "text",
    [
        *(PETER[:end] for end in range(len(PETER))),
        *(PETER[begin:] for begin in range(1, len(PETER))),
        *(PETER[:k] + chr(ord(PETER[k]) + 1) + PETER[k + 1 :] for k in range(len(PETER))),
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
        PETER + "\n", " " + PETER, PETER.replace("c74f20a3", "C74F20A3"),
    ],
)  # fmt: skip
def test_mangled_verifier_keys_are_refused(text: str) -> None:
    with pytest.raises(KeyRefused):
        note.parsed_verifier(text)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\x00"])
def test_names_with_spaces_or_pluses_are_none(name: str) -> None:
    with pytest.raises(KeyRefused, match="no name"):
        note.Verifier(name, bytes(32))


def test_our_signature_is_that_of_the_reference() -> None:
    assert note.signed(TEXT, "PeterNeumann", Peter()) == TEXT + b"\n" + PETER_LINE


def test_a_note_is_opened_by_those_who_signed() -> None:
    peter, enoch = note.parsed_verifier(PETER), note.parsed_verifier(ENOCH)
    assert note.opened(NOTE, peter, enoch) == TEXT
    assert note.signers(NOTE, [enoch, peter]) == [enoch, peter]
    assert note.signers(TEXT + b"\n" + PETER_LINE, [enoch, peter]) == [peter]
    with pytest.raises(FeedRefused, match="EnochRoot has not signed"):
        note.opened(TEXT + b"\n" + PETER_LINE, peter, enoch)


def test_lines_of_unknown_keys_are_ignored() -> None:
    peter = note.parsed_verifier(PETER)
    same_name = note.signed(TEXT, "PeterNeumann", Key("another"))[len(TEXT) + 1 :]
    assert note.opened(TEXT + b"\n" + same_name + ENOCH_LINE + PETER_LINE, peter) == TEXT


def test_a_wrong_line_by_a_known_key_refuses_the_note() -> None:
    peter, enoch = note.parsed_verifier(PETER), note.parsed_verifier(ENOCH)
    wrong = NOTE.replace(b"rwz+eBzmZ", b"rwz+eBzmY")
    for verifiers in ([enoch], [peter, enoch]):
        with pytest.raises(FeedRefused, match="signature of EnochRoot is wrong") as caught:
            note.signers(wrong, verifiers)
        assert caught.value.reason == "bad signature"
    with pytest.raises(FeedRefused, match="wrong"):
        note.opened(b"x" + NOTE, peter)


@pytest.mark.parametrize(
    "bad",
    [
        b"", b"\n\n", TEXT, TEXT + b"\n", (TEXT + b"\n" + PETER_LINE)[:-1],
        b"\x01" + TEXT + b"\n" + PETER_LINE, b"\xff" + TEXT + b"\n" + PETER_LINE,
        TEXT + b"\r\n\n" + PETER_LINE,
        TEXT + b"\n" + PETER_LINE.replace(b"PeterNeumann", b"Bad Name"),
        TEXT + b"\n" + PETER_LINE.replace(b"PeterNeumann", b"Bad+Name"),
        TEXT + b"\n" + PETER_LINE.replace(b"PeterNeumann", "Bad\u2003Name".encode()),
        TEXT + b"\n" + PETER_LINE.replace("—".encode(), b"-"),
        TEXT + b"\n" + PETER_LINE.replace(b"x08go", b"x0!go"),
        TEXT + b"\n" + PETER_LINE + b"Unexpected line.\n",
        TEXT + b"\n" + "— PeterNeumann x08gow==\n".encode(),
    ],
)  # fmt: skip
def test_what_is_no_note_is_malformed(bad: bytes) -> None:
    with pytest.raises(FeedRefused) as caught:
        note.parts(bad)
    assert caught.value.reason == "malformed"


def test_notes_are_bounded() -> None:
    assert len(note.parts(TEXT + b"\n" + ENOCH_LINE * 16)[1]) == 16
    for large in (TEXT + b"\n" + ENOCH_LINE * 33, TEXT * 2000 + b"\n" + PETER_LINE):
        with pytest.raises(FeedRefused) as caught:
            note.parts(large)
        assert caught.value.reason == "oversized"


def test_a_cosignature_signs_time_and_state() -> None:
    assert note.cosigned_message(STATE, 1679315147) == COSIGNED
    key = Key("w1")
    signed = note.signed(STATE, "example.com/behind-the-sofa", Key("sofa"))
    both = note.cosigned(signed, "witness.example.com/w1", key, 1679315147)
    assert both.startswith(signed)
    witness = note.Verifier("witness.example.com/w1", key.public_key, note.COSIGNATURE)
    assert note.opened(both, witness) == STATE
    _, (_, (_, _, signature)) = note.parts(both)
    assert signature[:8] == (1679315147).to_bytes(8)
    assert witness.verifies(STATE, signature)
    assert not witness.verifies(STATE, (1679315148).to_bytes(8) + signature[8:])
    assert not witness.verifies(STATE, signature[8:])
    assert not note.Verifier(witness.name, key.public_key).verifies(STATE, signature[8:])


def test_a_checkpoint_is_read_and_written() -> None:
    state = checkpoint.parsed(STATE)
    assert (state.origin, state.size) == ("example.com/behind-the-sofa", 20852163)
    assert base64.b64encode(state.root) == b"CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
    assert bytes(state) == STATE
    assert checkpoint.parsed(STATE + b"an extension\n") == state


@pytest.mark.parametrize(
    "bad",
    [
        b"", b"\n", STATE[:-1], STATE + b"\n", STATE + b"x", b"\n" + STATE,
        STATE.replace(b"20852163", b"020852163"), STATE.replace(b"20852163", b"-1"),
        STATE.replace(b"20852163", b"+1"), STATE.replace(b"20852163", b"9223372036854775808"),
        STATE.replace(b"20852163", b"1" * 30), STATE.replace(b"20852163", b"1_0"),
        STATE.replace(b"20852163", "\u0661".encode()), STATE.replace(b"q2I=", b"q2I"),
        STATE.replace(b"CsUY", b""), STATE.replace(b"CsUY", b"Cs!Y"),
        STATE.replace(b"exam", b"\xff"), STATE + b"\nan extension\n",
    ],
)  # fmt: skip
def test_what_is_no_checkpoint_is_malformed(bad: bytes) -> None:
    with pytest.raises(FeedRefused) as caught:
        checkpoint.parsed(bad)
    assert caught.value.reason == "malformed"


@dataclass(frozen=True)
class Ring:
    """Keys, each with how far it may sign."""

    keys: tuple[OneKey, ...]
    last_sizes: tuple[int, ...]

    def check(self, public_key: bytes, origin: str, size: int, root: bytes) -> None:
        if size > self.last_sizes[self.keys.index(OneKey(public_key))]:
            raise FeedRefused("revoked key", f"{origin} {size} {root.hex()}")


def test_a_checkpoint_is_opened_by_one_of_the_keys_of_its_log() -> None:
    old, new, stranger = Key("old"), Key("new"), Key("stranger")
    origin = "example.com/behind-the-sofa"
    keys = (OneKey(old.public_key), OneKey(new.public_key))
    ring = Ring(keys, (20_000_000, 30_000_000))
    signed = note.signed(STATE, origin, new)
    assert checkpoint.opened(signed, origin, ring) == checkpoint.parsed(STATE)
    both = note.signed(STATE, origin, old) + signed[len(STATE) + 1 :]
    assert checkpoint.opened(both, origin, ring) == checkpoint.parsed(STATE)
    for reason, wrong, asked in (
        ("bad signature", note.signed(STATE, origin, stranger), origin),
        ("bad signature", note.signed(STATE, "example.com/other", new), origin),
        ("wrong log", signed, "example.com/other"),
        ("revoked key", note.signed(STATE, origin, old), origin),
    ):
        with pytest.raises(FeedRefused) as caught:
            checkpoint.opened(wrong, asked, ring)
        assert caught.value.reason == reason


def test_a_key_alone_vouches_for_itself() -> None:
    one = OneKey(bytes(32))
    one.check(bytes(32), "a", 1, b"")
    with pytest.raises(FeedRefused, match="another key"):
        one.check(bytes([1] * 32), "a", 1, b"")
