"""Sweeps over every kind of axis: report in both languages, every figure asked for, verified, extended."""

from __future__ import annotations

from pathlib import Path

import pytest

from gvi_sim.errors import ScenarioError
from gvi_sim.execution.planning import plan
from gvi_sim.experiment.design_files import design_from
from gvi_sim.experiment.opening import open_result
from gvi_sim.experiment.sweep import Sweep, sweep
from gvi_sim.experiment.verify import verify
from gvi_sim.language.catalogue import Words
from gvi_sim.report.drawing.pictures import figures_of, title_of
from gvi_sim.report.pages.sweep_pictures import SWEEP
from gvi_sim.report.plotting import plot
from gvi_sim.report.terminal import screen
from gvi_sim.report.write import view_of, write_report
from gvi_sim.world.builder import Reference

BASE = ("years=1", "burn_in_years=1", "start_date=2020-01-01", "programme.start_date=2020-03-01", "calendar=flat",
        "site.attacks_per_year=60")  # fmt: skip
ONE, TWO = "programme.sanction_certainty=0,1", "exit.offer_rate=0,1"
GRID = {"heat", "lines", "interaction", "burden"}
# Axes, figures beside fan and Lorenz, how many kinds of business as usual.
KINDS: tuple[tuple[tuple[str, ...], set[str], int], ...] = (
    (("site=huddinge,jarfalla",), {"side"}, 2),
    (("programme=none,gvi,support_only",), {"side", "burden"}, 1),
    (("programme=gvi,none",), {"side", "burden"}, 1),
    (("programme.enabled=true,false",), {"side", "burden"}, 1),
    (("partners.police.signed=true,false",), {"side", "burden"}, 1),
    (("programme.stop_date=2020-10-01,null",), {"side", "burden"}, 1),
    (("programme.start_date=2020-03-01,2020-07-01",), {"side", "burden"}, 1),
    (("programme.start_date=2019-07-01,2020-07-01",), {"side"}, 2),
    (("start_date=2020-01-01,2020-02-01",), {"side"}, 2),
    (("years=1,2",), {"side", "years"}, 2),
    (("years=2", ONE, TWO), GRID | {"years", "years_levers"}, 1),
    (("years=1,2", ONE), {"side", "years", "years_levers"}, 2),
    (("structure=as_known,withdrawal",), {"side"}, 2),
    (("calendar=flat,sweden", ONE), {"side"}, 2),
    (("exit.places=5,20",), {"side"}, 2),
    (("belief.public_half_life_days=365,inf", TWO), {"side"}, 2),
    ((ONE,), {"lines", "burden"}, 1),
    ((ONE, TWO), GRID, 1),
    (("programme=gvi,sanctions_only", ONE), {"side", "lines", "burden"}, 1),
    ((ONE, TWO, "programme.stop_date=2020-10-01,null"), GRID | {"side"}, 1),
    ((ONE, TWO, "exit.places=5,20"), {"side", "interaction"}, 2),
)


@pytest.fixture(autouse=True)
def no_pilots(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan, "reference_constants", lambda scenario: (Reference(1.3, 1.2),))


def made(folder: Path, axes: tuple[str, ...], **options: object) -> Sweep:
    fixed = [word for word in BASE if word.partition("=")[0] not in {axis.partition("=")[0] for axis in axes}]
    return sweep(design_from([*fixed, *axes]), out=folder, seed=1, workers=1, parameters="point", **options)


@pytest.mark.parametrize(
    ("axes", "figures", "usuals"),
    [
        pytest.param(*kind, id=" ".join(kind[0]), marks=pytest.mark.slow if number % 6 else ())
        for number, kind in enumerate(KINDS)
    ],
)
def test_every_figure_is_asked_for_under_every_kind_of_axis(
    tmp_path: Path, axes: tuple[str, ...], figures: set[str], usuals: int
) -> None:
    made(tmp_path / "out", axes, replicates=2)
    found = made(tmp_path / "out", axes, replicates=4)  # extended
    view = view_of(open_result(tmp_path / "out"))
    drawn, wanted = dict(figures_of(Words("sv"), view)), {*figures, "fan", "lorenz"}
    complaints = [f"{name}: has no title" for name, draw in drawn.items() if not title_of(draw())]
    complaints += [f"figures: {sorted(drawn)}"] if set(drawn) != wanted else []
    assert title_of(plot(found))
    with pytest.raises(ScenarioError, match=f"There are {next(iter(drawn))}"):
        plot(found, next(name for name in SWEEP if name not in drawn))
    text = write_report(found, "sv").read_text("utf-8")
    complaints += ["no side by side"] if ("side" in figures) != ('id="side"' in text) else []
    for lang in ("en", "sv"):
        told = " ".join(screen(Words(lang), view).split())
        complaints += [f"{lang}: {odd}" for odd in ("nan", "{") if odd in told]
        own = Words(lang)("usual.own", keys="").partition(":")[2]
        complaints += [f"{lang}: own business as usual"] if (own in told) != (usuals > 1) else []
    assert len({cell.baseline for cell in view.cells}) == usuals
    assert verify(tmp_path / "out", sample=1, seed=1).equal
    assert not complaints


def test_no_number_is_subtracted_across_two_kinds_of_business_as_usual(tmp_path: Path) -> None:
    """Levers still have their effects and interactions inside each; the keys that make the two are named first."""
    view = view_of(made(tmp_path / "out", (ONE, "exit.places=5,20"), replicates=3))
    assert [effect.key for effect in view.lever_effects] == ["programme.sanction_certainty"]
    assert view.interactions == () and [axis.key for axis in view.usual_axes] == ["exit.places"]
    first = " ".join(screen(Words("en"), view).split("\n\n")[0].split())
    assert first.startswith("site.attacks_per_year=60 and exit.places=5 / 20 hold with and without the programme")
