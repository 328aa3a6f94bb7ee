"""Mutants of the dynamics: one small change of one line each, drawn by a seed, run in plain Python.

A mutant is killed by an exception (strict mode's included), by a complaint of the outside checker, or by events other
than those of the sound code, in a few scenarios with every mechanism on.
"""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import multiprocessing
import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gvi_sim

from . import checker, twin
from .test_twin import small
from .worlds import Run

DYNAMICS = Path(gvi_sim.__file__).parent / "dynamics"
OUTSIDE = ("constants.json", "shipped.py", "reference.py", "first_compilation.py", "strict.py", "replicate.py")
"""What a run in plain Python with given constants does not go through, and what judges it."""
SCENARIOS = tuple((number, 1) for number in (3, 17, 101, 1234, 77, 2024, 9, 404))
NOT_OF_EVENTS = (18, 19, 20)
"""Invariants of files, echoes and repetition, which no change of the dynamics breaks."""
SECONDS = 120
_SWAPPED: dict[type[ast.AST], type[Any]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip


class Mutant(NamedTuple):
    """One change: the ``number``-th node of a module that can be changed."""

    module: str
    number: int


class _Change(ast.NodeTransformer):
    """Counts what can be changed inside functions and changes the node of one number."""

    def __init__(self, number: int = -1) -> None:
        self.number, self.count, self.line, self.depth = number, 0, 0, 0

    def _taken(self, node: Any) -> bool:
        self.count += 1
        if self.depth == 0 or self.count - 1 != self.number:
            return False
        self.line = node.lineno
        return True

    def visit_FunctionDef(self, node: ast.FunctionDef) -> Any:
        self.depth += 1
        node.body = [self.visit(part) for part in node.body]
        self.depth -= 1
        return node

    def visit_Expr(self, node: ast.Expr) -> Any:
        return node if isinstance(node.value, ast.Constant) else self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        return node

    def visit_Compare(self, node: ast.Compare) -> Any:
        if type(node.ops[0]) in _SWAPPED and self._taken(node):
            node.ops[0] = _SWAPPED[type(node.ops[0])]()
        return self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> Any:
        return self._operator(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> Any:
        return self._operator(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> Any:
        return self._operator(node)

    def _operator(self, node: Any) -> Any:
        if type(node.op) in _SWAPPED and self._taken(node):
            node.op = _SWAPPED[type(node.op)]()
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> Any:
        if type(node.value) in (int, float) and self._taken(node):
            node.value += 1
        return node


def _source(module: str) -> str:
    return (DYNAMICS / f"{module}.py").read_text("utf-8")


def changed(mutant: Mutant) -> tuple[ast.Module, int]:
    """The module with the mutant's change, and its line."""
    change = _Change(mutant.number)
    tree = change.visit(ast.parse(_source(mutant.module)))
    return ast.fix_missing_locations(tree), change.line


def drawn(seed: int, wanted: int) -> list[Mutant]:
    """So many mutants, without repetition."""
    every = []
    for file in sorted(DYNAMICS.glob("*.py")):
        if file.name not in OUTSIDE and file.stem != "__init__":
            counter = _Change()
            counter.visit(ast.parse(_source(file.stem)))
            every += [Mutant(file.stem, number) for number in range(counter.count)]
    order = random.Random(seed).sample(every, len(every))
    return [mutant for mutant in order if changed(mutant)[1] > 0][:wanted]


class _Loader(importlib.machinery.SourceFileLoader):
    """Gives the twin the mutated module and leaves all others alone."""

    def __init__(self, mutant: Mutant) -> None:
        file = DYNAMICS / f"{mutant.module}.py"
        super().__init__(f"{twin.NAME}.dynamics.{mutant.module}", str(file))
        self.tree = changed(mutant)[0]

    def get_code(self, fullname: str) -> Any:
        return compile(self.tree, self.path, "exec")

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        """As a finder of modules."""
        return importlib.util.spec_from_file_location(name, self.path, loader=self) if name == self.name else None


def outcome(number: int, seed: int) -> tuple[list[str], str]:
    """Complaints about one run in plain Python, and its events and counts."""
    scenario = small(number).replace({"strict": True})
    runner = twin.twin_runner(scenario)
    made = runner.run(seed, 0)
    run = Run(scenario, seed, 0, *runner.window, made.tables, made.series, made.outcomes, made.digest)
    judges = (judge for of, judge in checker.INVARIANTS.items() if of not in NOT_OF_EVENTS)
    return [complaint for judge in judges for complaint in judge(run)], made.digest + made.outcomes.tobytes().hex()


def _first_killer(sound: Sequence[str]) -> str:
    for (number, seed), expected in zip(SCENARIOS, sound, strict=True):
        try:
            complaints, found = outcome(number, seed)
        except Exception as error:
            return f"exception: {type(error).__name__}"
        if complaints:
            return f"checker: {complaints[0]}"
        if found != expected:
            return "events"
    return ""


def _judge(mutant: Mutant | None, sound: Sequence[str], pipe: Any) -> None:
    signal.alarm(SECONDS)
    if mutant is not None:
        sys.meta_path.insert(0, _Loader(mutant))
    pipe.send(_first_killer(sound))


def killer(mutant: Mutant | None, sound: Sequence[str]) -> str:
    """What kills the mutant (None: the sound code); nothing where it survives."""
    mine, theirs = multiprocessing.get_context("fork").Pipe(False)
    process = multiprocessing.get_context("fork").Process(target=_judge, args=(mutant, sound, theirs))
    process.start()
    theirs.close()
    try:
        return str(mine.recv())
    except EOFError:
        return "no end"
    finally:
        process.join()
