"""A common picture of the sky, shared by sovereign nodes."""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from commonsky.catalogue.catalogue import Catalogue
    from commonsky.node.conjunctions import Conjunctions
    from commonsky.node.pipeline import read, screen
    from commonsky.node.screener import Screener

__all__ = ["Catalogue", "Conjunctions", "Screener", "read", "screen"]

__version__ = "0.1.0"

_HOMES = {
    "Catalogue": "commonsky.catalogue.catalogue",
    "Conjunctions": "commonsky.node.conjunctions",
    "Screener": "commonsky.node.screener",
    "read": "commonsky.node.pipeline",
    "screen": "commonsky.node.pipeline",
}


class _Front(ModuleType):
    """The package itself: `commonsky.screen` is the function, not the package of that name."""

    def __setattr__(self, name: str, value: object) -> None:
        # Importing `commonsky.screen.…` would put the package in the function's place.
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Front


def __getattr__(name: str) -> Any:  # noqa: ANN401 - PEP 562: loaded when first asked for
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'commonsky' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
