"""The architecture as tests: direction of imports, one door a dependency, budgets, cycles, names, surface.

Every rule is a function from parsed modules to complaints; the tree must give none. The last part feeds each
rule a snippet that breaks it, so that a rule which can no longer fail is itself a failure.
"""

from __future__ import annotations

import ast
import importlib
import re
import runpy
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]
ORDER = (
    "language.numbers", "language.messages",
    "errors", "units", "surroundings", "console", "caches", "language", "evidence", "config",
    "kernel", "world", "dynamics", "model",
    "execution", "simulate", "analysis", "experiment", "report", "app", "cli", "start",
    "__main__",
)  # fmt: skip
ROOMS = {
    "execution": ("ensembles", "planning", "workers", "storage", "amounts"),
    "analysis": ("inference", "measures", "estimand", "pairs", "decomposition", "patterns", "records", "calibration"),
    "report": ("views", "text", "pages", "drawing", "building"),
}
"""Rooms of a layer, in their order; files of the layer that stand in no room come after all of them."""
ROOM_FILES = 12
DOORS = {
    "numba": ("gvi_sim.kernel",),
    "llvmlite": ("gvi_sim.kernel",),
    "mesa": ("gvi_sim.model", "gvi_sim.app"),
    "matplotlib": ("gvi_sim.report.drawing.style",),
    "seaborn": ("gvi_sim.report.drawing.style",),
    "hydra": ("gvi_sim.config", "gvi_sim.__main__"),
    "omegaconf": ("gvi_sim.config", "gvi_sim.__main__"),
}
HEAVY = ("hydra", "matplotlib", "mesa", "numba", "pandas", "pyarrow", "scipy", "seaborn")
WHOLE_NUMBERS = ("groups", "members", "size", "nbytes")  # attributes that hold counts
FILE_LINES, FUNCTION_LINES, POSITIONAL = 500, 60, 6
# A compiled function takes no keywords and no objects: what an event carries travels as scalars.
COMPILED_POSITIONAL = 9
COMPILING = {"kernel", "inline", "entry"}
VAGUE = re.compile(r"^(utils?|helpers?|misc|common|stuff|tools?)$")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b")
CODE_FROM_FILES = ("pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib")
CODE_CALLS = (
    "eval",
    "exec",
    "yaml.load",
    "yaml.unsafe_load",
    "yaml.full_load",
    "pd.read_pickle",
    "joblib.load",
)
# A quote either side of a line's end, the rule of a table in the midst of a line, or two aligned entries in one line.
SCRAMBLED = re.compile(r'" *\n *"|[^\s=] *={4,}|={4,} *[^\s=]|\w {3,}\w.*\w {3,}\w')
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Module(NamedTuple):
    """One parsed file: dotted name, whether it is an `__init__`, text and syntax tree."""

    name: str
    is_init: bool
    text: str
    tree: ast.Module


class Import(NamedTuple):
    """One import as written: dotted target, names taken from it, dots, line."""

    target: str
    names: tuple[str, ...]
    level: int
    line: int


def parse(name: str, text: str, *, is_init: bool = False) -> Module:
    return Module(name, is_init, text, ast.parse(text))


def read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    is_init = parts[-1] == "__init__"
    return parse(".".join(parts[:-1] if is_init else parts), path.read_text("utf-8"), is_init=is_init)


@cache
def package() -> list[Module]:
    return [read(path) for path in sorted((ROOT / "gvi_sim").rglob("*.py"))]


def imports(module: Module) -> Iterator[Import]:
    """Every import, lazy ones inside functions and those for type checkers too, relative targets resolved."""
    home = module.name.split(".") if module.is_init else module.name.split(".")[:-1]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (Import(alias.name, (), 0, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = home[: len(home) - node.level + 1] if node.level else []
            target = ".".join([*base, *([node.module] if node.module else [])])
            names = tuple(alias.name for alias in node.names)
            yield Import(target, names, node.level, node.lineno)


def targets(found: Import, known: frozenset[str]) -> set[str]:
    """The modules an import reaches: `from . import support` reaches the submodule, not only the package."""
    deeper = {f"{found.target}.{name}" for name in found.names} & known
    plain = {found.target} if len(deeper) < len(found.names) or not found.names else set()
    return {name for name in deeper | plain if name.split(".")[0] == "gvi_sim"}


def edges(modules: list[Module]) -> dict[str, set[str]]:
    """Module to the package's modules it imports; `__init__` files re-export lazily and are exempt."""
    known = frozenset(module.name for module in modules)
    return {
        module.name: {name for found in imports(module) for name in targets(found, known)}
        for module in modules
        if not module.is_init
    }


def layer(name: str) -> str:
    """The folder or module of the package; a module of a folder that has its own place on ORDER."""
    own = ".".join(name.split(".")[1:])
    return own if own in ORDER else own.split(".")[0]


def wrong_direction(modules: list[Module]) -> list[str]:
    """Imports only point up the list of ORDER, and every module has a place on it."""
    out = []
    for module in modules:
        if layer(module.name) not in ORDER and module.name != "gvi_sim":
            out.append(f"{module.name} has no place in the order of layers")
    for name, reached in edges(modules).items():
        for other in sorted(reached):
            if layer(name) not in ORDER or other == name:
                continue
            if layer(other) not in ORDER:
                out.append(f"{name} imports {other}, the lazy front door or a folder without a place")
            elif ORDER.index(layer(other)) > ORDER.index(layer(name)):
                out.append(f"{name} imports {other}, which stands below it")
    return out


def room(name: str) -> str:
    """The room of a module within its layer; "" for a file that stands in none."""
    parts = name.split(".")
    return parts[2] if len(parts) > 3 or parts[-1] in ROOMS.get(layer(name), ()) else ""


def wrong_room(modules: list[Module]) -> list[str]:
    """Within a layer with rooms, imports only point up the list of ROOMS, and no room holds too many files."""
    held = Counter(
        f"{layer(module.name)}.{room(module.name)}"
        for module in modules
        if layer(module.name) in ROOMS and not module.is_init
    )
    out = [f"{name} holds {count} files, more than {ROOM_FILES}" for name, count in held.items() if count > ROOM_FILES]
    for name, reached in edges(modules).items():
        rooms = (*ROOMS.get(layer(name), ()), "")
        if len(rooms) > 1 and room(name) not in rooms:
            out.append(f"{name} has no place among the rooms of its layer")
            continue
        for other in sorted(other for other in reached if layer(other) == layer(name) and len(rooms) > 1):
            if room(other) not in rooms or rooms.index(room(other)) > rooms.index(room(name)):
                out.append(f"{name} imports {other}, whose room comes after its own")
    return out


def absolute_imports(modules: list[Module]) -> list[str]:
    """The package can be imported a second time under another name, so it never names itself."""
    return [
        f"{module.name}:{found.line} imports {found.target} by its absolute name"
        for module in modules
        for found in imports(module)
        if not found.level and found.target.split(".")[0] == "gvi_sim"
    ]


def cycles(modules: list[Module]) -> list[str]:
    """Rings of imports, lazy ones and those for type checkers too; each once, by depth-first search."""
    graph, out, done = edges(modules), [], set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            out.append(" -> ".join((*path[path.index(name) :], name)))
        elif name not in done:
            for other in sorted(graph.get(name, set()) - {name}):
                visit(other, (*path, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())
    return out


def wrong_door(modules: list[Module]) -> list[str]:
    """A dependency with a door is imported nowhere else."""
    return [
        f"{module.name}:{found.line} imports {found.target}; its door is {' or '.join(doors)}"
        for module in modules
        for found in imports(module)
        if (doors := DOORS.get(found.target.split(".")[0])) and not found.level
        if not any(module.name == door or module.name.startswith(door + ".") for door in doors)
    ]


def over_budget(modules: list[Module]) -> list[str]:
    """Files, functions and argument lists that have grown too long (`self` and `cls` are free)."""
    out = []
    for module in modules:
        if (lines := module.text.count("\n")) > FILE_LINES:
            out.append(f"{module.name} has {lines} lines, more than {FILE_LINES}")
        for function in (node for node in ast.walk(module.tree) if isinstance(node, Function)):
            where = f"{module.name}:{function.lineno} {function.name}"
            if (lines := (function.end_lineno or function.lineno) - function.lineno + 1) > FUNCTION_LINES:
                out.append(f"{where} has {lines} lines, more than {FUNCTION_LINES}")
            names = [arg.arg for arg in (*function.args.posonlyargs, *function.args.args)]
            compiled = any(isinstance(d, ast.Name) and d.id in COMPILING for d in function.decorator_list)
            most = COMPILED_POSITIONAL if compiled else POSITIONAL
            if (count := len(names) - (names[:1] in (["self"], ["cls"]))) > most:
                out.append(f"{where} takes {count} positional arguments, more than {most}")
    return out


def unexplained(modules: list[Module]) -> list[str]:
    """A public function says what happens."""
    return [
        f"{module.name}:{node.lineno} {node.name} has no docstring"
        for module in modules
        for node in module.tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        if not node.name.startswith("_") and not ast.get_docstring(node)
    ]


def scrambled(modules: list[Module]) -> list[str]:
    """No docstring was filled as prose where it is a list, a table or the end of a string."""
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        f"{module.name}: {found[0].strip()!r} in a docstring looks like a line that was wrapped wrongly"
        for module in modules
        for node in ast.walk(module.tree)
        if isinstance(node, documented)
        if (found := SCRAMBLED.search(ast.get_docstring(node) or ""))
    ]


def vague_names(modules: list[Module]) -> list[str]:
    return [f"{module.name} is a vague name" for module in modules if VAGUE.match(module.name.split(".")[-1])]


def unfinished(modules: list[Module]) -> list[str]:
    return [
        f"{module.name}:{number} leaves something open: {line.strip()}"
        for module in modules
        for number, line in enumerate(module.text.splitlines(), 1)
        if UNFINISHED.search(line)
    ]


def dotted(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def loose_randomness(modules: list[Module]) -> list[str]:
    """Randomness has an address: only `draws` may draw."""
    out = []
    for module in modules:
        if module.name == "gvi_sim.kernel.draws":
            continue
        for found in imports(module):
            names = (found.target, *(f"{found.target}.{name}" for name in found.names))
            if not found.level and any(re.match(r"(numpy\.)?random(\.|$)", name) for name in names):
                out.append(f"{module.name}:{found.line} imports {found.target}")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and dotted(node).startswith(("np.random.", "numpy.random.")):
                out.append(f"{module.name}:{node.lineno} uses {dotted(node)}")
    return out


def code_from_files(modules: list[Module]) -> list[str]:
    """Nothing on any path turns a file or a text into running code, but for compiled code under its seal."""
    out = []
    for module in (module for module in modules if module.name != "gvi_sim.kernel.compiled_cache"):
        for found in imports(module):
            if not found.level and found.target.split(".")[0] in CODE_FROM_FILES:
                out.append(f"{module.name}:{found.line} imports {found.target}")
        for node in (node for node in ast.walk(module.tree) if isinstance(node, ast.Call)):
            loads = any(k.arg == "allow_pickle" and ast.unparse(k.value) != "False" for k in node.keywords)
            if dotted(node.func) in CODE_CALLS or loads:
                out.append(f"{module.name}:{node.lineno} calls {dotted(node.func)}")
    return out


def _is_whole(summed: ast.expr) -> bool:
    term = summed.elt if isinstance(summed, ast.GeneratorExp) else summed
    called = isinstance(term, ast.Call) and (dotted(term.func), *map(dotted, term.args))
    counts = called and (called[0] in ("len", "int") or called[:2] == ("map", "len"))
    return bool(counts) or isinstance(term, ast.Compare) or dotted(term).rpartition(".")[2] in WHOLE_NUMBERS


def loose_sums(modules: list[Module]) -> list[str]:
    """Built-in `sum` adds floats more exactly from Python 3.12 on, so that last bits would tell versions apart."""
    return [
        f"{module.name}:{node.lineno} {ast.unparse(node)}: math.fsum adds floats alike in every version"
        for module in modules
        if module.name != "gvi_sim.config.personal_data"  # which adds digits
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and dotted(node.func) == "sum" and not _is_whole(node.args[0])
    ]


def dead_references(modules: list[Module]) -> list[str]:
    """A docstring that points to a section of the ODD, or to a page of docs/, points to one that is there."""
    odd = (ROOT / "docs" / "odd.md").read_text("utf-8")
    there = set(re.findall(r"^#{2,3} ([\d.]+?)\.? ", odd, re.MULTILINE))
    out = []
    for module in modules:
        told = re.findall(r"\(ODD ([\d.]+)\)", module.text)
        out += [f"{module.name}: the ODD has no section {number}" for number in told if number not in there]
        pages = re.findall(r"\bdocs/[\w/]+\.md", module.text)
        out += [f"{module.name}: there is no {page}" for page in pages if not (ROOT / page).is_file()]
        out += [f"{module.name}: {found!r} of what?" for found in re.findall(r"\(sections? \d[^)]*\)", module.text)]
    return out


Rule = Callable[[list[Module]], list[str]]
RULES: tuple[Rule, ...] = (
    wrong_direction, wrong_room, absolute_imports, cycles, wrong_door, over_budget, unexplained, vague_names,
    unfinished, scrambled, loose_randomness, loose_sums, code_from_files, dead_references,
)  # fmt: skip


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_package_keeps(rule: Rule) -> None:
    complaints = rule(package())
    assert not complaints, "\n".join(complaints)


def test_benchmarks_keep_their_budgets() -> None:
    modules = [read(path) for path in sorted((ROOT / "benchmarks").rglob("*.py"))]
    complaints = over_budget(modules) + unfinished(modules) + vague_names(modules)
    assert not complaints, "\n".join(complaints)


def test_tests_are_neither_too_long_nor_skipped() -> None:
    out = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > FILE_LINES:
            out.append(f"{path.name} has {text.count(chr(10))} lines")
        if re.search(r"pytest\.(skip|xfail)\(|mark\.(skip|skipif|xfail)\b", text) and path != Path(__file__):
            out.append(f"{path.name} skips a test or expects it to fail")
    assert not out, "\n".join(out)


def exported(module: Module) -> list[str]:
    """The literal `__all__` of a module, [] when it has none."""
    for node in module.tree.body:
        pair = (node.targets[0], node.value) if isinstance(node, ast.Assign) else None
        pair = (node.target, node.value) if isinstance(node, ast.AnnAssign) and node.value else pair
        if pair and isinstance(pair[0], ast.Name) and pair[0].id == "__all__":
            return [str(name) for name in ast.literal_eval(pair[1])]
    return []


def test_every_exported_name_can_be_had() -> None:
    for module in package():
        names = exported(module)
        assert len(names) == len(set(names)), f"{module.name}.__all__ names something twice"
        loaded = importlib.import_module(module.name) if names else None
        missing = [name for name in names if not hasattr(loaded, name)]
        assert not missing, f"{module.name}.__all__ promises {missing}"


def test_the_front_door_is_what_the_reference_documents() -> None:
    names = exported(read(ROOT / "gvi_sim" / "__init__.py"))
    assert set(names) <= set(dir(importlib.import_module("gvi_sim")))
    page = runpy.run_path(str(ROOT / "docs" / "make_reference.py"))
    reference = (ROOT / "docs" / "reference.md").read_text("utf-8")
    assert reference == page["render"](), "run: python docs/make_reference.py"
    documented = re.findall(r"^## `gvi\.(\w+)", reference, re.MULTILINE)
    assert sorted([*documented, "__version__"]) == sorted(names)


def test_one_version_everywhere() -> None:
    version = importlib.import_module("gvi_sim").__version__
    assert tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"] == version
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"\n## {version} " in (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert f"version {version}." in (ROOT / "README.md").read_text("utf-8")


def test_the_front_door_is_light() -> None:
    """`gvi-sim --help` answers at once: neither the package nor the commands import anything heavy."""
    code = f"import sys, gvi_sim, gvi_sim.cli; print(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == ""


# ---------- the rules can fail ----------

HARMLESS = 'from __future__ import annotations\n\n\ndef rate() -> float:\n    """Say."""\n    return 1.0\n'
BREACHES: tuple[tuple[Rule, str, str], ...] = (
    (wrong_direction, "gvi_sim.config.loader", "from ..world import tables\n"),
    (wrong_direction, "gvi_sim.config.loader", "def f():\n    from ..report.figures import draw\n"),
    (wrong_direction, "gvi_sim.world.builder", "from .. import simulate\n"),
    (wrong_direction, "gvi_sim.extra.thing", "x = 1\n"),
    (wrong_room, "gvi_sim.execution.planning.plan", "from ..storage.store import open_store\n"),
    (wrong_room, "gvi_sim.report.text.graded", "from .. import write\n"),
    (wrong_room, "gvi_sim.analysis.elsewhere.thing", "x = 1\n"),
    (absolute_imports, "gvi_sim.cli", "from gvi_sim.simulate import simulate\n"),
    (absolute_imports, "gvi_sim.cli", "import gvi_sim.errors\n"),
    (wrong_door, "gvi_sim.world.state", "from numba import njit\n"),
    (wrong_door, "gvi_sim.simulate", "import mesa\n"),
    (wrong_door, "gvi_sim.report.drawing.figures", "import seaborn as sns\n"),
    (wrong_door, "gvi_sim.report.drawing.figures", "from matplotlib.axes import Axes\n"),
    (wrong_door, "gvi_sim.cli", "from omegaconf import OmegaConf\n"),
    (over_budget, "gvi_sim.units", "x = 1\n" * (FILE_LINES + 1)),
    (over_budget, "gvi_sim.units", "def f():\n" + "    x = 1\n" * FUNCTION_LINES),
    (over_budget, "gvi_sim.units", "def f(a, b, c, d, /, e, f, g): ...\n"),
    (over_budget, "gvi_sim.units", "class A:\n    def f(self, a, b, c, d, e, f, g): ...\n"),
    (unexplained, "gvi_sim.units", "def f(): ...\n"),
    (scrambled, "gvi_sim.units", 'def f():\n    """Whether it is "\n    "known."""\n'),
    (scrambled, "gvi_sim.units", '"""Two.\n\nmean   of all sum    of all\n"""\n'),
    (scrambled, "gvi_sim.units", '"""a  one b  two =====\n====="""\n'),
    (vague_names, "gvi_sim.world.utils", "x = 1\n"),
    (unfinished, "gvi_sim.units", "x = 1  # TO" + "DO later\n"),
    (loose_randomness, "gvi_sim.world.builder", "import numpy as np\nrng = np.random.default_rng(1)\n"),
    (loose_randomness, "gvi_sim.world.builder", "from numpy.random import default_rng\n"),
    (loose_randomness, "gvi_sim.world.builder", "from numpy import random\n"),
    (loose_randomness, "gvi_sim.world.builder", "import random\n"),
    (loose_sums, "gvi_sim.analysis.pairs.effect", "total = sum(values)\n"),
    (loose_sums, "gvi_sim.analysis.pairs.effect", "total = sum(row.level for row in rows)\n"),
    (code_from_files, "gvi_sim.execution.storage.store", "import pickle\n"),
    (code_from_files, "gvi_sim.config.loader", "import yaml\nyaml.load('a')\n"),
    (code_from_files, "gvi_sim.config.loader", "eval('1')\n"),
    (code_from_files, "gvi_sim.execution.storage.store", "import numpy as np\nnp.load('a', allow_pickle=True)\n"),
)  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "text"), BREACHES)
def test_a_breach_is_seen(rule: Rule, name: str, text: str) -> None:
    others = (
        "errors", "simulate", "world.tables", "report.drawing.figures", "execution.storage.store", "report.write",
    )  # fmt: skip
    known = [parse(f"gvi_sim.{other}", HARMLESS) for other in others]
    assert not rule(known)
    assert rule([*known, parse(name, text)])


def test_a_ring_is_seen_and_a_chain_is_not() -> None:
    chain = [parse("gvi_sim.world.a", "from .b import x\n"), parse("gvi_sim.world.b", "from . import c\n")]
    assert not cycles([*chain, parse("gvi_sim.world.c", "x = 1\n")])
    assert cycles([*chain, parse("gvi_sim.world.c", "from ..world import a\n")])
    assert cycles([*chain, parse("gvi_sim.world.c", "def f():\n    from .a import x\n")])
    assert cycles([*chain, parse("gvi_sim.world.c", "if TYPE_CHECKING:\n    from .a import x\n")])


def test_a_full_room_is_seen() -> None:
    full = [parse(f"gvi_sim.report.text.a{number}", HARMLESS) for number in range(ROOM_FILES)]
    assert not wrong_room(full)
    assert wrong_room([*full, parse("gvi_sim.report.text.more", HARMLESS)])


def test_what_is_allowed_passes() -> None:
    allowed = [
        parse("gvi_sim.errors", HARMLESS),
        parse("gvi_sim.kernel.compiler", "import numba\n"),
        parse("gvi_sim.simulate", "n = sum(x > 0 for x in y) + sum(map(len, y)) + sum(s.site.groups for s in y)\n"),
        parse("gvi_sim.kernel.draws", "import numpy as np\nnp.random.SeedSequence(1)\n"),
        parse("gvi_sim.app.page", "from mesa.visualization import SolaraViz\n"),
        parse("gvi_sim.world.builder", "from ..errors import ScenarioError\nfrom ..kernel.draws import uniform\n"),
        parse("gvi_sim.world", "from .builder import build\nfrom ..report import later\n", is_init=True),
    ]
    assert [complaint for rule in RULES for complaint in rule(allowed)] == []
