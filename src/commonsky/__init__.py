"""A common picture of the sky, shared by sovereign nodes."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commonsky.catalogue.catalogue import Catalogue
    from commonsky.node.conjunctions import Conjunctions
    from commonsky.node.pipeline import Screener, read, screen

__all__ = ["Catalogue", "Conjunctions", "Screener", "read", "screen"]

__version__ = "0.1.0"

_HOMES = {
    "Catalogue": "commonsky.catalogue.catalogue",
    "Conjunctions": "commonsky.node.conjunctions",
    "Screener": "commonsky.node.pipeline",
    "read": "commonsky.node.pipeline",
    "screen": "commonsky.node.pipeline",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: loaded when first asked for
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'commonsky' has no attribute {name!r}")
