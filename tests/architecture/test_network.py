"""Offline is normal: the network is touched where the sources are, and where pages are served."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "src" / "commonsky"
NETWORK = {
    "aiohttp", "asyncio", "ftplib", "h11", "http", "httpcore", "httpx", "requests", "smtplib",
    "socket", "socketserver", "ssl", "starlette", "urllib3", "uvicorn", "websockets", "xmlrpc",
}  # fmt: skip
ALLOWED = ("share", "show")
MODULES_ALLOWED = {"urllib.parse"}  # text in, text out


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module or "")
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name | ast.Attribute):
            called = node.func.id if isinstance(node.func, ast.Name) else node.func.attr
            if called in {"import_module", "__import__"} and isinstance(
                node.args[0], ast.Constant
            ):
                names.add(str(node.args[0].value))
    return names


def touches_the_network(name: str) -> bool:
    return name.partition(".")[0] in NETWORK or (
        name.startswith("urllib") and not any(name.startswith(one) for one in MODULES_ALLOWED)
    )


def test_only_share_and_show_touch_the_network() -> None:
    found = {
        str(path.relative_to(PACKAGE)): sorted(filter(touches_the_network, imported(path)))
        for path in PACKAGE.rglob("*.py")
    }
    users = {name for name, modules in found.items() if modules}
    assert {name for name in users if not name.startswith(ALLOWED)} == set()
    assert "share/sources/download.py" in users  # or this test sees nothing


def test_texts_of_addresses_are_no_network() -> None:
    assert not touches_the_network("urllib.parse")
    assert touches_the_network("urllib.request")
    assert touches_the_network("http.client")
