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
from .test_twin import small_overrides
from .worlds import Run, day, scenario_with

DYNAMICS = Path(gvi_sim.__file__).parent / "dynamics"
OUTSIDE = (
    "constants.json", "shipped.py", "reference.py", "first_compilation.py", "strict.py", "replicate.py",
    "external_actions.py",
)  # fmt: skip
"""What a run in plain Python with given constants does not go through, and what judges it."""
PARTNERS = ("police", "municipality", "probation", "community")
EVERYTHING_ON: dict[str, Any] = {
    "programme.enabled": True, "programme.start_date": day(60), "programme.stop_date": None,
    "programme.ramp_days": 60.0, **{f"partners.{name}.signed": True for name in PARTNERS},
    **{f"partners.{name}.commitment": 0.9 for name in PARTNERS},
    **{f"partners.{name}.erosion_per_year": 0.2 for name in PARTNERS}, "programme.coverage": 0.7,
    "programme.audit_every_days": 60.0, "programme.roster_recall": 0.8, "programme.roster_error": 0.2,
    "programme.sanction_certainty": 0.8, "programme.mediation_reach": 0.7, "programme.prevention": 0.5,
    "programme.sanction.capacity": 2, "programme.sanction.delay_days": 5.0, "programme.sanction.duration_days": 40.0,
    "programme.sanction.extra_arrests_per_member_year": 4.0, "programme.call_in.every_days": 60.0,
    "programme.call_in.summoned": 8, "programme.call_in.attendance": 0.7, "programme.notification.per_month": 4.5,
    "programme.notification.after_attack": 0.6, "promise.heard": 0.3, "belief.unseen_weight": 0.5,
    "belief.habituation": 1.2,
    "belief.vicarious": 0.3, "belief.message_reach": 0.4, "belief.promise_half_life_days": 200.0,
    "belief.belief_half_life_days": 300.0, "belief.sanction_weight": 0.9, "belief.legitimacy_arrest_step": 0.05,
    "belief.legitimacy_sanction_step": 0.1, "belief.legitimacy_contact_step": 0.05, "gates.deterrence_strength": 0.8,
    "gates.norm_strength": 0.4, "gates.norm_deeds": 0.6, "gates.personal_strength": 0.5,
    "gates.pressure_strength": 0.4, "gates.mediation_effect": 0.5, "gates.defiance": 0.5, "gates.withdrawal": 0.2,
    "gates.replacement": 0.5, "gates.support_restraint": 0.5, "calendar.swing_sd": 0.4,
    "calendar.swing_memory_days": 200.0, "calendar.group_swing_sd": 0.5, "calendar.group_swing_memory_days": 300.0,
    "calendar.shared_shock_sd": 0.2, "attacks.substitution": 0.5, "attacks.contracted_share": 0.2,
    "attacks.detonation_share": 0.3, "attacks.outsider_share": 0.1, "attacks.contracted_factor_detonation": 1.6,
    "attacks.civilian_share": 0.3, "justice.clearance_factor_detonation": 0.6,
    "justice.attribution_factor_detonation": 0.8, "attacks.kappa_retaliation": 0.2,
    "attacks.kappa_repeat": 0.15, "attacks.kappa_spread": 0.2, "site.attacks_per_year": 40.0, "site.groups": 4,
    "site.members": 40, "site.ties": [], "site.rivals_mean": 2.0, "site.allies_mean": 1.0, "harm.p_hit": 0.5,
    "harm.extra_hit_mean": 0.5, "harm.recovery_days": 40.0, "justice.clearance_hit": 0.5,
    "justice.clearance_no_hit": 0.4, "justice.sentence_years_hit": 0.3, "justice.sentence_years_no_hit": 0.1,
    "justice.other_arrest_rate_per_year": 2.0, "justice.attribution": 0.7, "justice.attribution_error": 0.1,
    "membership.turnover": True, "membership.spell_years": 1.0, "membership.vacancy_response": 0.3,
    "membership.vacancy_days": 30.0, "exit.usual_offer_rate_per_year": 1.0, "exit.offer_rate": 0.5,
    "exit.acceptance": 0.6, "exit.assessment_pass": 0.7, "exit.places": 2, "exit.duration_days": 60.0,
    "exit.dropout_per_month": 0.1, "exit.relapse_rate_per_year": 2.0, "exit.waiting_patience_days": 40.0,
    "burn_in_years": 0.5, "years": 1,
}  # fmt: skip
"""Every mechanism acts, and often, within a year of four groups."""
PAUSE: list[dict[str, Any]] = [
    {"date": day(150), "programme.enabled": False},
    {"date": day(210), "programme.enabled": True, "programme.notification.per_month": 6.5},
    {"date": day(270), "programme.notification.per_month": 9.5, "programme.call_in.every_days": 0.0},
]
DOSES: list[dict[str, Any]] = [
    {"date": day(120), "programme.prevention": 0.8, "programme.call_in.every_days": 30.0},
    {"date": day(200), "programme.prevention": 0.0, "partners.municipality.signed": False},
]
SCENARIOS: tuple[dict[str, Any], ...] = (
    EVERYTHING_ON | {"promise.rule": "first", "promise.feared": "open"},
    EVERYTHING_ON | {"promise.rule": "every", "timeline": PAUSE},
    EVERYTHING_ON
    | {"promise.rule": "hit", "programme.call_in.every_days": 0.0, "programme.prevention": 0.0, "timeline": DOSES},
    EVERYTHING_ON | {"promise.rule": "first", "programme.call_in.every_days": 0.0, "promise.round_days": 60.0},
    EVERYTHING_ON | {"promise.rule": "fatal", "promise.detonations": False, "programme.stop_date": day(250)},
    *(small_overrides(number) for number in (17, 101, 77)),
)
NOT_OF_EVENTS = (18, 19, 20)
"""Invariants of files, echoes and repetition, which no change of the dynamics breaks."""
SECONDS = 30
SEED = 1
# A comparison is turned round: with a bound moved by a hair, `<` for `<=`, nothing else happens in continuous time.
_SWAPPED: dict[type[ast.AST], type[Any]] = {
    ast.Lt: ast.GtE, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.GtE: ast.Lt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
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


def outcome(number: int) -> tuple[list[str], str]:
    """Complaints about one run of a scenario in plain Python, and its events and counts."""
    scenario = scenario_with(SCENARIOS[number]).replace({"strict": True})
    runner = twin.twin_runner(scenario)
    made = runner.run(SEED, 0)
    run = Run(scenario, SEED, 0, *runner.window, made.tables, made.series, made.outcomes, made.digest)
    judges = (judge for of, judge in checker.INVARIANTS.items() if of not in NOT_OF_EVENTS)
    sums = "".join(table.tobytes().hex() for table in (made.outcomes, runner.world.state))
    return [complaint for judge in judges for complaint in judge(run)], made.digest + sums


def _first_killer(sound: Sequence[str]) -> str:
    for number, expected in enumerate(sound):
        try:
            complaints, found = outcome(number)
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
