"""Each module imports from its own floor or below, and no two import each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "inkdigits"
FLOORS = {
    "errors": 0,
    "files": 0,
    "types": 0,
    "boxes": 1,
    "rows": 1,
    "bombs": 1,
    "decode": 1,
    "netpbm": 1,
    "ink": 1,
    "strokes": 1,
    "segment": 1,
    "lines": 1,
    "signs": 1,
    "guide": 1,
    "guidance": 1,
    "decline": 1,
    "grey": 1,
    "windows": 1,
    "connected": 1,
    "paper": 1,
    "rules": 1,
    "sheet": 1,
    "underline": 1,
    "rings": 1,
    "straight": 1,
    "agree": 2,
    "text": 2,
    "model": 2,
    "settings": 2,
    "find": 3,
    "refine": 4,
    "page": 4,
    "seek": 5,
    "explain": 5,
    "weigh": 6,
    "reader": 7,
    "training": 8,
    "server": 8,
    "batch": 8,
    "evaluation": 9,
    "cluster": 9,
    "cli": 10,
}
#: Heavy or optional packages, and the only rooms that may import each.
ONLY = {
    "onnxruntime": ("model",),
    "flask": ("server",),
    "granian": ("server",),
    "limits": ("server",),
    "redis": ("server",),
    "torch": ("training",),
    "onnx": ("training",),
    "matplotlib": ("training", "evaluation"),
    "pyarrow": ("batch",),
    "ray": ("cluster",),
    "typer": ("cli",),
}
MODULES = sorted(path for path in SOURCE.rglob("*.py") if "page" not in path.relative_to(SOURCE).parts[:-1])


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Full names of the modules that a file imports, wherever in it, but for annotations alone."""
    tree = ast.parse(path.read_text("utf-8"))
    tree.body = [node for node in tree.body if not (isinstance(node, ast.If) and _is_typing(node.test))]
    nodes = list(ast.walk(tree))
    names = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return names | {f"{node.module}" for node in nodes if isinstance(node, ast.ImportFrom) and not node.level}


def _is_typing(test: ast.expr) -> bool:
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def test_every_room_has_a_floor() -> None:
    assert {room(path) for path in MODULES} - {"__init__", "__main__"} == FLOORS.keys()


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_down(path: Path) -> None:
    here = room(path)
    for name in imports(path):
        top, _, rest = name.partition(".")
        there = rest.partition(".")[0]
        if top == "inkdigits" and there and here in FLOORS and there != here:
            assert FLOORS[there] <= FLOORS[here], f"{here} imports {name} from above"
            assert FLOORS[there] < FLOORS[here] or FLOORS[here] < 2, f"siblings: {here} imports {name}"
        if top in ONLY:
            assert here in ONLY[top], f"only {ONLY[top]} may import {top}"


def test_no_relative_imports() -> None:
    for path in MODULES:
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        assert not any(isinstance(node, ast.ImportFrom) and node.level for node in nodes), path
