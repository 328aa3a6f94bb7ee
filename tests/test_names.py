"""A public name of the package means one thing."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from test_architecture import Module, package, parse


def doubled(modules: Iterable[Module]) -> dict[str, list[str]]:
    """Public functions and classes of one name in several modules; every command file has its ``add``."""
    found: dict[str, list[str]] = {}
    for module in modules:
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(module.name)
    return {name: homes for name, homes in found.items() if len(homes) > 1 and name not in ("add", "main")}


def test_a_name_means_one_thing() -> None:
    one, other = (parse(name, "def told(): ...\nclass Row: ...") for name in ("gvi_sim.a", "gvi_sim.b"))
    assert set(doubled([one, other])) == {"told", "Row"}
    assert doubled(package()) == {}
