"""`import commonsky`: quick, and its functions stay what they are."""

import importlib
import pickle
import subprocess
import sys

import pytest

import commonsky as cs


def told(code: str) -> str:
    """What a fresh interpreter prints."""
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


def test_importing_loads_no_numbers() -> None:
    code = "import sys, commonsky; print(sorted({'numpy', 'numba', 'msgspec'} & set(sys.modules)))"
    assert told(code) == "[]"
    assert "numpy" in told("import sys, commonsky as cs; cs.read; print(*sys.modules)").split()


@pytest.mark.parametrize(
    "first",
    [
        "import commonsky.screen.screener",
        "from commonsky.screen import screener",
        "import commonsky.screen",
        "commonsky.screen",
        "import commonsky.node.screener",
    ],
)
def test_screen_stays_the_function(first: str) -> None:
    code = f"import commonsky\n{first}\nprint(type(commonsky.screen).__name__)\n"
    code += "from commonsky.screen.volume import Volume\nfrom commonsky import screen\n"
    code += "print(callable(screen), screen is commonsky.screen)"
    assert told(code).split() == ["function", "True", "True"]


def test_every_name_is_there() -> None:
    for name in cs.__all__:
        assert getattr(cs, name).__name__ == name
        assert name in dir(cs)
    assert "__version__" in dir(cs)
    with pytest.raises(AttributeError, match="module 'commonsky' has no attribute 'scren'"):
        cs.scren  # noqa: B018


def test_packages_are_where_they_were() -> None:
    package = importlib.import_module("commonsky.screen")
    assert package.__name__ == "commonsky.screen"
    assert importlib.import_module("commonsky.screen.volume").Volume.sphere(1.0)
    assert pickle.loads(pickle.dumps(cs.screen)) is cs.screen  # noqa: S301
