"""
Receipts: the recipient cosigns each checkpoint it has stored durably, in its own log back.

Evidence for both sides: for the issuer of what was received, for the recipient of what was said.
"""

from __future__ import annotations

from commonsky.errors import FeedRefused
from commonsky.ledger.store import Store
from commonsky.share.log import checkpoint, note

SPEC = "c2sp/tlog-cosignature"


def cosigner(nation: str, realm: str) -> str:
    """Return the name under which a nation cosigns."""
    return f"{nation.lower()}.{realm.replace('/', '.')}.commonsky"


def receipt(signed: bytes, nation: str, realm: str, signer: note.Signer, posix_s: int) -> bytes:
    """Return a partner's signed checkpoint with our cosignature."""
    return note.cosigned(signed, cosigner(nation, realm), signer, posix_s)


def kept(
    store: Store, recipient: str, realm: str, content: bytes, our_key: bytes, their_key: bytes
) -> int:
    """
    Verify a receipt that came back and keep it; return the size it covers.

    It must be a checkpoint of our log for them that we signed, with their cosignature.
    """
    log = store.outgoing_log(recipient)
    text, _ = note.parts(content)
    state = checkpoint.parsed(text)
    if log is None or state.origin != log.origin:
        raise FeedRefused("wrong log", f"a receipt of {recipient} for a log that is not theirs")
    note.opened(
        content,
        note.Verifier(log.origin, our_key),
        note.Verifier(cosigner(recipient, realm), their_key, note.COSIGNATURE),
    )
    if state.size > log.checkpoint_size:
        raise FeedRefused(
            "fork",
            f"{recipient} holds {state.size} entries under our key, of which this ledger signed "
            f"{log.checkpoint_size}: somebody else has the key, or the ledger is an old copy",
        )
    store.keep_receipt(recipient, state.size, content)
    return state.size
