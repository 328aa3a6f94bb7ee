"""Made-up views of results: every number here is invented, the shapes are those of real ones."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from gvi_sim import evidence
from gvi_sim.analysis.inference import outcomes
from gvi_sim.analysis.inference.estimates import Change, Row, Share, Stated
from gvi_sim.analysis.inference.verdict import Verdict
from gvi_sim.language.catalogue import LANGUAGES, Words, sentences, swedish
from gvi_sim.report.pages import table_text
from gvi_sim.report.views.distributions import fan
from gvi_sim.report.views.dose_view import ByDose, DoseView
from gvi_sim.report.views.view import (
    AxisView,
    BeforeAfter,
    Books,
    CellView,
    CitedSource,
    Interaction,
    LevelRow,
    LeverEffect,
    Lorenz,
    Origin,
    Part,
    Parts,
    PartsView,
    PatternRow,
    Resting,
    RunView,
    SweepView,
    Validation,
)
from gvi_sim.report.views.years import CellYears, LeverYears, SweepYears, YearRow

ENDS = {"never": 0.05, "own": 0.0, "always": -0.06}  # how far certainty moves the ratio
LEVELS = ("0", "0.25", "0.5", "0.75", "1")
HOSTILE = "<script>alert(\"x\")</script> $\\frac{ {evil} & 'quoted'"


def make_doses() -> ByDose:
    """Certainty and offers at their ends; of 40 promises due, a quarter is kept."""

    def dose(shift: float) -> DoseView:
        ratio = 0.76 + shift
        return DoseView(make_row("shootings", 120, ratio), Stated(ratio - 1, ratio - 1.1, ratio - 0.9), 40.0, 10.0)

    ends = {end: dose(shift) for end, shift in ENDS.items() if end != "own"}
    return ByDose(200, dose(0.0), {"programme.sanction_certainty": ends, "exit.offer_rate": ends},
                  {"feared": {"always": dose(0.0), "open": dose(0.0)}})  # fmt: skip


def make_row(name: str, base: float, ratio: float, half: float = 0.04) -> Row:
    """An outcome with mean ``base`` and a ratio of +- ``half``; without base, ``ratio`` is the mean."""
    if base == 0:
        nothing = Stated(math.nan, math.nan, math.nan)
        more = Change(ratio, 0.9 * ratio, 1.1 * ratio, Verdict.VERY_LIKELY_MORE)
        return Row(name, 0.0, ratio, more, nothing, nothing, Share(0.0, 0.0, 0.03, 100))
    low, high = ratio - half, ratio + half
    fewer, more = (Verdict.VERY_LIKELY_FEWER, 1.0), (Verdict.VERY_LIKELY_MORE, 0.0)
    verdict, share = fewer if high < 1 else more if low > 1 else (Verdict.CANNOT_TELL, 0.5)
    difference = Change(base * (ratio - 1), base * (low - 1), base * (high - 1), verdict)
    near = Stated(ratio, ratio - half / 4, ratio + half / 4)
    shares = Share(share, max(share - 0.05, 0.0), min(share + 0.05, 1.0), 100)
    return Row(name, base, base * ratio, difference, Stated(ratio, low, high), near, shares)


def make_same(name: str = "shootings", level: float = 77.0) -> Row:
    """An outcome in which no run differs."""
    none, one = Change(0.0, 0.0, 0.0, Verdict.NO_DIFFERENCE), Stated(1.0, 1.0, 1.0)
    return Row(name, level, level, none, one, one, Share(0.5, 0.4, 0.6, 100))


def make_rows() -> dict[str, Row]:
    """A row for every outcome that a report names."""
    rows = {shown.name: make_row(shown.name, 12.0, 1.1) for shown in outcomes.SHOWN}
    rows |= {name: make_row(name, 0.0, 40.0) for name in (*table_text.CONTACTS, "false_contacts", "call_ins")}
    measures = (*table_text.CONTAGION, "gini_groups", "top_fifth_groups_share")
    rows |= {name: make_row(name, 0.4, 0.9) for name in measures}
    rows |= {name: make_row(name, 300.0, 0.9) for name in table_text.COSTS}
    told = {
        "shootings": (120, 0.76),
        "detonations": (60, 0.83),
        "attacks": (180, 0.78),
        "persons_killed": (26, 0.75),
        "bystanders_hit": (4, 0.99),
        "detained_days": (60, 1.06),
    }
    return rows | {name: make_row(name, *numbers) for name, numbers in told.items()}


def make_origin(site: str = "Huddinge", command: str = "gvi-sim run --seed 7") -> Origin:
    """Where the made-up results come from."""
    facts, libraries = (("reproduce.seed", "7"),), (("numpy", "2"),)
    return Origin(site, date(2023, 1, 1), (10.0,), 200, 7, "0.1.0", command, facts, libraries)


def make_fan(level: float) -> object:
    counts = np.tile(np.arange(8.0), (120, 1)).T * level / 4
    return fan(np.round(counts), date(2023, 1, 1), 3)


def make_lorenz(power: float) -> Lorenz:
    shares = np.linspace(0, 1, 101)
    curve = shares ** (1 / power)
    return Lorenz(shares, curve, curve * 0.9, np.minimum(curve * 1.1, 1), Stated(0.5, 0.4, 0.6), 0.55)


RESTING = (
    Resting("programme.sanction_certainty", "0.7", "probability", "0", "1", "set", (), ""),
    Resting(
        "gates.deterrence_strength", "0.8", "probability", "0", "2", "D", ("assumption",), "a note of the registry"
    ),
    Resting("exit.assessment_pass", "0.5", "probability", "0.4", "0.6", "A", ("EX-07",), "half are lost"),
)
SOURCES = (CitedSource("EX-07", "SecurityUser (2023). Fler ansökningar."),)


def around(value: float) -> Change:
    """A value with an interval of a tenth either way, which is 0 for 0."""
    ends = sorted((0.9 * value, 1.1 * value))
    words = (Verdict.NO_DIFFERENCE, Verdict.VERY_LIKELY_MORE, Verdict.VERY_LIKELY_FEWER)
    return Change(value, ends[0], ends[1], words[int(math.copysign(value != 0, value))])


def unclear(value: float, low: float, high: float) -> Change:
    """A change of which no direction can be told."""
    return Change(value, low, high, Verdict.CANNOT_TELL)


def make_books() -> Books:
    """A ledger whose lines add up."""
    names = ("shootings", "detonations", "persons_hit", "persons_killed")

    def line(value: float) -> dict[str, Stated]:
        return {name: around(value) for name in names}

    sums = {"base": line(60), "averted": line(10), "created": line(1), "changed": line(0), "scenario": line(51)}
    causes = (("norm", around(6), 0.6), ("deterrence", around(3), 0.3), ("changed_parent", around(1), 0.1))
    return Books(200, sums, {"direct": line(6), "downstream": line(4)}, causes)


def make_parts(own: str = "police") -> Parts:
    """Three parts, one of dose zero and one of a user's own, and their sum."""
    rows = (
        Part("contacts", False, around(-7), around(-9)),
        Part("mediation", True, around(0), around(0)),
        Part(own, False, unclear(-0.1, -0.5, 0.3), around(-0.2)),
        Part("total", False, around(-7.1), around(-7.1)),
    )
    return Parts(200, {name: rows for name in ("shootings", "person_years_detained", "cost")})


def make_before_after() -> BeforeAfter:
    """A change that is regression for the most part."""
    terms = {"before": 5.4, "after": 3.3, "naive": -2.1, "effect": -0.5, "downstream": -0.1, "trend": 0.2}
    found = {name: around(value) for name, value in terms.items()} | {"regression": around(-1.7)}
    return BeforeAfter(200, 2.0, found)


def make_parts_view(own: str = "police") -> PartsView:
    """An attribution with made-up numbers."""
    origin = make_origin(command="gvi-sim attribute --seed 7")
    return PartsView(origin, make_parts(own), RESTING, SOURCES, validation=make_validation())


def make_validation() -> Validation:
    """A pattern table with every verdict; two quantities, one below V4."""
    patterns = (
        PatternRow(1, "level", "entered", ((64.0, 40.0, 85.0),), ""),
        PatternRow(8, "persons", "passes", ((0.83, 0.8, 1.0),), ""),
        PatternRow(4, "near_repeats", "fails", ((1.1, 1.2, math.inf), (1.05, 1.0, math.inf)), ""),
        PatternRow(10, "groups", "not known", (), "few_groups"),
    )
    levels = (LevelRow("delay", "V4", (), ()), LevelRow("effect", "V2", ("level",), ("boston_gangs.tied",)))
    return Validation(patterns, levels, keeps=False, asked=9)


def make_run(**changes: object) -> RunView:
    """A comparison with made-up numbers."""
    rows = make_rows()
    by_year = [make_row("shootings", 12, 0.7 + 0.03 * year) for year in range(1, 11)]
    years = tuple(YearRow(year, date(2022 + year, 1, 1), row) for year, row in enumerate(by_year, 1))
    view = RunView(
        origin=make_origin(),
        rows=rows,
        by_year=years,
        by_mode={name: rows[name] for name in ("shootings", "detonations", "attacks")},
        by_listed={"listed": make_row("listed", 80, 0.6), "others": make_row("others", 100, 0.9)},
        fans=(make_fan(3.0), make_fan(2.0)),
        lorenz=(make_lorenz(3.4), make_lorenz(2.9)),
        seen_fewer=0.78,
        ranges=((82, 161), (55, 128)),
        programme_start=2023.5,
        programme_stop=None,
        resting=RESTING,
        sources=SOURCES,
        books=make_books(),
        parts=make_parts(),
        before_after=make_before_after(),
        by_dose=make_doses(),
        validation=make_validation(),
    )
    return replace(view, **changes)


def make_cell(first: str, second: str) -> CellView:
    ratio = 0.98 - 0.3 * float(first) - 0.03 * float(second)
    rows = make_rows() | {"shootings": make_row("shootings", 120, ratio)}
    return CellView((first, second), rows, {"shootings": rows["shootings"].difference})


def make_years(base: float = 12.0) -> SweepYears:
    """Four corners and the middle over ten years: words alone wear off; in the fourth year nothing happens anywhere."""
    certainty, offers = "programme.sanction_certainty", "exit.offer_rate"

    def row(first: str, year: int) -> Row:
        return make_row("shootings", 0.0 if year == 4 else base, 0.7 + 0.03 * year * (1 - float(first)))

    cells = (("0", "0"), ("0", "1"), ("0.5", "0.5"), ("1", "0"), ("1", "1"))
    return SweepYears(
        cells=tuple(
            CellYears(
                ((certainty, first), (offers, second)),
                tuple(YearRow(year, date(2022 + year, 1, 1), row(first, year)) for year in range(1, 11)),
                2023.5,
            )
            for first, second in cells
        ),
        levers=(
            LeverYears(certainty, "0", "1", ((offers, "0.5"),), tuple(around(0.3 * year) for year in range(1, 11))),
            LeverYears(offers, "0", "1", ((certainty, "0.5"),), (unclear(0.1, -0.4, 0.5),) * 10),
        ),
        beyond=(unclear(0.02, -0.2, 0.3),) * 10,
        whole=10,
    )


def make_sweep(**changes: object) -> SweepView:
    """A sweep of two levers with made-up numbers."""
    certainty, offers = "programme.sanction_certainty", "exit.offer_rate"
    cells = tuple(make_cell(first, second) for first in LEVELS for second in LEVELS)
    view = SweepView(
        origin=make_origin(command="gvi-sim sweep experiment=certainty_by_exit --seed 7"),
        name="certainty_by_exit",
        question="Which matters more?",
        axes=(AxisView(certainty, LEVELS, "probability"), AxisView(offers, LEVELS, "probability")),
        cells=cells,
        lever_effects=(
            LeverEffect(certainty, "0", "1", ((offers, "0.5"),), Change(36, 31, 41, Verdict.LIKELY_MORE)),
            LeverEffect(offers, "0", "1", ((certainty, "0.5"),), unclear(3, -1, 7)),
        ),
        interactions=tuple(Interaction(a, b, unclear(0.5, -2, 3)) for a in LEVELS[1:] for b in LEVELS[1:]),
        fans=(make_fan(3.0), make_fan(2.0)),
        lorenz=(make_lorenz(3.4), make_lorenz(2.9)),
        corner=cells[-1],
        programme_start=2023.5,
        programme_stop=None,
        resting=RESTING,
        sources=SOURCES,
        validation=make_validation(),
        years=make_years(),
    )
    return replace(view, **changes)


@pytest.fixture(scope="session", params=("en", "sv"))
def words(request: pytest.FixtureRequest) -> Words:
    """Either language."""
    return Words(request.param)


@pytest.fixture(scope="session")
def run() -> RunView:
    """A made-up comparison."""
    return make_run()


@pytest.fixture(scope="session")
def sweep() -> SweepView:
    """A made-up sweep."""
    return make_sweep()


@pytest.fixture(scope="session")
def hostile_name() -> str:
    """A name that tries to be markup, mathematics and a template at once."""
    return HOSTILE


@pytest.fixture(scope="session")
def hostile_run() -> RunView:
    """A comparison whose every text from outside tries to be markup."""
    noted = replace(RESTING[1], note=HOSTILE, key=HOSTILE)
    origin, source = make_origin(HOSTILE, HOSTILE), CitedSource(HOSTILE, HOSTILE)
    return make_run(
        origin=origin,
        warnings=(HOSTILE,),
        resting=(noted,),
        sources=(source,),
        parts=make_parts(HOSTILE),
        not_made=(("before_after", HOSTILE),),
    )


@pytest.fixture(scope="session")
def parts() -> PartsView:
    """A made-up attribution."""
    return make_parts_view()


@pytest.fixture(scope="session")
def english_left() -> Callable[[str], list[str]]:
    """What looks for English in a text that ought to be Swedish."""
    return _english_left


def _english_left(text: str) -> list[str]:
    """Words of the English sentences that no Swedish one has, in a page or a text that ought to be Swedish.

    What is marked as English, commands and hashes, sources, codes with a dot, and paths are left out.
    """
    english, swedes = ({word for entry in sentences().values() for word in _words(entry[lang])} for lang in LANGUAGES)
    swedes |= {word for kind in swedish().values() for entry in kind.values() for word in _words(entry)}
    for tag in ("svg", "style", "script", "code", "pre", "dd"):
        text = re.sub(rf"<{tag}\b.*?</{tag}>", " ", text, flags=re.DOTALL)
    text = re.sub(r'<(\w+)[^>]* (?:lang="en"|class="sources")[^>]*>.*?</\1>', " ", text, flags=re.DOTALL)
    text = re.sub(r"\S*\w[._=/]\w\S*", " ", html.unescape(re.sub(r"<[^>]+>", " ", text)))
    return sorted(_words(text) & (english - swedes) - {*evidence.keys()})


def _words(text: str) -> set[str]:
    """The words of three letters or more, without fields."""
    return {word.lower() for word in re.findall(r"[^\W\d_]{3,}", re.sub(r"\{[\w.]+\}", " ", text))}
