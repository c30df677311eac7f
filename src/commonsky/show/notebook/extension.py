"""`%load_ext commonsky.show.notebook`: every catalogue shows itself as a globe."""

from __future__ import annotations

from typing import Any

from commonsky.catalogue.catalogue import Catalogue
from commonsky.show.notebook.widget import globe


def load_ipython_extension(ipython: Any) -> None:  # noqa: ANN401 - of IPython, which is no dependency
    """Let catalogues show themselves as globes; IPython calls this."""
    formatter = ipython.display_formatter.mimebundle_formatter
    formatter.for_type(
        Catalogue, lambda catalogue, *_, **told: globe(catalogue)._repr_mimebundle_(**told)
    )
