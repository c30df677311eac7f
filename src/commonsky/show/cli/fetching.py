"""`commonsky fetch`: a group of element sets into the cache."""

from __future__ import annotations

import os
import sys

from commonsky.node.clock import now_utc_ns
from commonsky.share.sources import celestrak
from commonsky.share.sources.cache import default_directory
from commonsky.show.cli.voice import Voice


def fetch_group(source: str, group: str, *, contact: str, resumed: bool) -> None:
    """Fetch one group of a source, of which there is one; its path goes to stdout."""
    voice, cache = Voice(), default_directory(os.environ)
    if resumed:
        stop = celestrak.resume(cache)
        voice.say(f"asking again; it had stopped at {stop.when}" if stop else "it had not stopped")
    base = os.environ.get("COMMONSKY_CELESTRAK", celestrak.GP_URL)
    found = celestrak.fetch(
        group, directory=cache, contact=contact, now_utc_ns=now_utc_ns, base=base
    )
    age = f"{found.age_s / 3600:.1f} h old" if found.age_s >= 60 else "just now"
    how = "fetched" if found.fresh else "held in the cache, too early to ask again"
    voice.say(f"{group}: {found.size_bytes:,} bytes, {age}, {how}")
    voice.say(f"next: commonsky screen {source}:{group}")
    sys.stdout.write(f"{found.path}\n")
