"""How a node is named on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

NODE = Annotated[
    Path,
    Parameter(
        name="--node",
        env_var="COMMONSKY_NODE",
        help="The node's directory; else COMMONSKY_NODE, else the working directory.",
    ),
]
YES = Annotated[bool, Parameter(name="--yes", help="Answer yes to every question.")]
HERE = Path()
NATION = Annotated[str, Parameter(help="Three letters, as NOR.")]
TO = Annotated[str, Parameter(name="--to", help="The recipient: three letters, as GBR.")]
REALM = "ops"
