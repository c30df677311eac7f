"""What whoever joins two nodes is told at each step: words for a command line to print."""

from __future__ import annotations

from pathlib import Path

from commonsky.share.peers import Partner


def invited(nation: str, path: Path) -> str:
    """Return what to do with an invitation that was just written."""
    return (
        f"The invitation for {nation} is in {path}. It holds no secret: our address, our root "
        f"key, the key log it signed, and the name of our log for {nation}. Bring it to them by "
        "mail, on paper or on a stick; they run\n"
        f"    commonsky peer accept {path.name}\n"
        "They send one back, and you accept it the same way. Either may be first."
    )


def accepted(partner: Partner, phrase: str) -> str:
    """Return what to do once an invitation was accepted; `phrase` is "" before ours was sent."""
    began = (
        f"{partner.nation} is a partner now: reached at {partner.address}, root key "
        f"{partner.key_log.root.hex()[:16]}…, {len(partner.key_log.statements)} statements in its "
        "key log."
    )
    if not phrase:
        return (
            f"{began} They do not know us yet. Invite them:\n"
            f"    commonsky peer invite {partner.nation}"
        )
    return (
        f"{began} Call them, and compare these six words by voice:\n"
        f"    {phrase}\n"
        "They see the same if nobody changed an invitation on its way. If theirs differ, nothing "
        "they seem to say can be trusted:\n"
        f"    commonsky peer remove {partner.nation}"
    )


def removed(nation: str) -> str:
    """Return what it means that a partner was removed."""
    return (
        f"{nation} is a partner no more: their certificate is refused from now on, and their log "
        "is not read. What each has told the other stays told, and stays in both ledgers."
    )
