"""calibrate: from a record of the model's own to a stored posterior, whatever is wrong with the record."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gvi_sim.analysis.calibration import procedure
from gvi_sim.analysis.calibration.answer import called_text, clustering_text, fit_text, interval, marked
from gvi_sim.analysis.calibration.contradicted import Contradicted, contradicted_by, contradicted_values, shipped_values
from gvi_sim.analysis.calibration.cost import Effort, check_effort, effort_of
from gvi_sim.analysis.calibration.priors import (
    FAST,
    FREE_IN,
    SHOCK,
    TREND,
    N,
    kappas,
    overrides_of,
    prior_of,
    room_for,
    trend_rows,
)
from gvi_sim.analysis.calibration.procedure import Calibration, calibrate, ensemble_of, write_calibration
from gvi_sim.analysis.calibration.verdicts import Learnt
from gvi_sim.analysis.records.count_record import Counts, read_counts
from gvi_sim.analysis.records.notices import Notice
from gvi_sim.analysis.records.statistics import columns
from gvi_sim.cli import job, main
from gvi_sim.config import load_scenario
from gvi_sim.errors import ScenarioError, StoreError
from gvi_sim.execution.storage.ensemble_file import read_ensemble, write_ensemble
from gvi_sim.execution.storage.store import open_store
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build_calibration import calibration_view
from gvi_sim.report.write import write_calibration_report
from gvi_sim.simulate import simulate

WORLD = ("site=upplands_bro", "site.attacks_per_year=60", "calendar=flat")
ASKED = ("site=upplands_bro", "calendar=flat")
YEARS, AREAS, START = 4, 3, date(2015, 1, 5)
WILD = (
    Notice("unrecorded", {"gone": 3, "all": 208, "unit": "week", "first": "2015-W02"}),
    Notice("outliers", {"outliers": [[700, "2015-01-05"], [650, "2015-01-05"]]}),
)


@pytest.fixture(scope="module", autouse=True)
def few_points() -> Iterator[None]:
    """Four hundred points are too few for an answer and enough for everything that is asked of one here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(procedure, "FEWEST_POINTS", 400)
        yield


@pytest.fixture(scope="module")
def attacks() -> pd.DataFrame:
    """One run of a small world: day, area, persons hit and killed."""
    words = (*WORLD, "programme=none", f"years={YEARS}", f"start_date={START}", f"programme.start_date={START}")
    table = simulate(load_scenario(*words), replicates=1, seed=6, workers=1, parameters="point").table("attacks")
    home = np.where(table["target_group"] >= 0, table["target_group"], table["attacker_group"]) % AREAS
    return table.assign(area=home, day=np.floor(table["day"]).astype(int))[["day", "area", "hit", "killed"]]


def written(path: Path, attacks: pd.DataFrame, edit: Callable[[pd.DataFrame], pd.DataFrame] | None = None) -> Path:
    """The attacks as a CSV of days, with an edit of the table before."""
    table = attacks.assign(attacks=1).groupby(["day", "area"], as_index=False).sum()
    table = table if edit is None else edit(table)
    days = [(START + timedelta(days=int(day))).isoformat() for day in table["day"]]
    table.assign(date=days, area=[f"area {a}" for a in table["area"]]).drop(columns="day").to_csv(path, index=False)
    return path


def counts_of(path: Path, **options: object) -> Counts:
    return read_counts(path, confirm_small=True, **options)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def found(attacks: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> tuple[Calibration, Path]:
    """A calibration of the untouched record, and its folder."""
    folder = tmp_path_factory.mktemp("calibration")
    counts = counts_of(written(folder / "counts.csv", attacks))
    return calibrate(counts, *ASKED, points=400, seed=3, workers=1, out=folder / "out"), folder / "out"


@pytest.mark.slow
def test_it_finds_the_level_and_says_what_it_does_not_know(found: tuple[Calibration, Path]) -> None:
    calibration, _ = found
    low, _, high = calibration.by_name["site.attacks_per_year"].posterior
    assert low < 60 < high and high / low < 4
    assert calibration.fits
    words = calibration.text()
    assert clustering_text(Words(), calibration.by_name) in words
    for one in calibration.learnt:
        said_nothing = words.partition("The data say nothing about: ")[2].partition(". There")[0]
        assert (called_text(Words(), one.name) in said_nothing) == one.is_nothing
    assert f"MARKED: {calibration.counts.small_cells} cells" in words


def test_the_ensemble_is_stored_with_keys_of_the_scenario(found: tuple[Calibration, Path]) -> None:
    calibration, folder = found
    ensemble = read_ensemble(folder)
    np.testing.assert_array_equal(ensemble.draws, calibration.ensemble.draws)
    assert len(ensemble) == 200 and np.ptp(ensemble.weights) == 0
    assert {"attacks.kappa_retaliation", "site.attacks_per_year", SHOCK, "calendar.cap"} <= set(ensemble.keys)
    load_scenario(*ASKED).replace(ensemble.overrides(0))
    n = ensemble.draws[:, [ensemble.keys.index(f"attacks.kappa_{c}") for c in ("retaliation", "repeat", "spread")]]
    np.testing.assert_allclose(n.sum(axis=1), open_store(folder).read_table("points")["n"])
    assert ensemble.provenance["record"]["attacks"] == int(calibration.counts.counts.sum())
    assert open_store(folder).read_file("summary.txt").decode().strip() == calibration.text()
    with pytest.raises(StoreError, match="not empty"):
        calibrate(calibration.counts, *ASKED, points=400, seed=3, workers=1, out=folder)


@pytest.mark.parametrize(("lang", "said"), [("en", "the model fits the record"), ("sv", "modellen passar underlaget")])
def test_the_figure_is_drawn_in_either_language(lang: str, said: str, found: tuple[Calibration, Path]) -> None:
    from gvi_sim.report.drawing.calibration_figure import calibration_figure
    from gvi_sim.report.drawing.style import as_svg

    assert said in as_svg(calibration_figure(Words(lang), found[0].found)).decode()


def variants(calibration: Calibration) -> list[Calibration]:
    """Calibrations in which everything that can be said is said."""
    counts, register = calibration.counts, calibration.setting.register
    wild = replace(counts, small_cells=0, notices=WILD)
    setting = calibration.setting._replace(register=register._replace(recording=0.7, kind="shootings"))
    return [
        calibration,
        replace(calibration, counts=wild, learnt=at_edges(calibration), setting=setting),
        replace(calibration, contradicted=Contradicted({N: 0.2, SHOCK: 0.0})),
        replace(calibration, contradicted=Contradicted({N: 0.2}, (0.75, 0.7, 0.8), (0.8, 0.7, 0.9))),
        replace(calibration, p=0.002),
        replace(calibration, learnt=tuple(one._replace(posterior=(0.2, 0.3, 0.4)) for one in calibration.learnt)),
        replace(calibration, learnt=tuple(one for one in calibration.learnt if one.name != N)),
    ]


def at_edges(calibration: Calibration) -> tuple[Learnt, ...]:
    """Everything that was learnt as if it had reached the end of what was looked for."""
    return tuple(one._replace(narrower=0.5, ends=(one.prior[0], one.posterior[2] - 1e-9)) for one in calibration.learnt)


def test_shipped_values_outside_what_was_learnt_are_told_with_the_effect_under_both() -> None:
    base = load_scenario("site=upplands_bro", "programme=none", "years=1", "burn_in_years=1", "calendar=flat")
    own = shipped_values(base, (N, FAST, TREND, SHOCK, "n_fast"))
    assert own == {N: pytest.approx(0.2), FAST: pytest.approx(0.625), TREND: 0.0, SHOCK: 0.0}
    prior = (0.0325, 0.325, 0.6175)
    inside, outside = (Learnt(N, prior, (low, 0.4, 0.55), 0.5) for low in (0.1, 0.3))
    parts = tuple(Learnt(name, prior, (0.2, 0.5, 0.6), 0.5) for name in (FAST, "repeat_share"))
    flat = Learnt(SHOCK, (0.025, 0.25, 0.475), (0.02, 0.2, 0.4), 0.3)
    assert contradicted_values(base, (inside, flat)) == {}
    assert contradicted_by(base, (inside,), seed=1, workers=1) == Contradicted({})
    silent = flat._replace(posterior=(0.026, 0.25, 0.474), narrower=0.004)
    near = flat._replace(posterior=(0.03, 0.2, 0.4))
    assert silent.is_nothing and contradicted_values(base, (silent, near)) == {}, "0 lies outside every interval"
    assert contradicted_values(base, (outside, flat._replace(posterior=(0.12, 0.2, 0.4)))) == {N: own[N], SHOCK: 0.0}
    told = contradicted_by(base, (outside, *parts), seed=1, workers=1)
    assert told.values[N] == own[N] and told.own is not None and told.found is not None and told.own != told.found


def test_both_languages_say_the_same(found: tuple[Calibration, Path]) -> None:
    for one in variants(found[0]):
        english, swedish = (one.text(lang) for lang in ("en", "sv"))
        assert english == one.text() == repr(one)
        assert len(swedish.splitlines()) == len(english.splitlines())
        assert digits(swedish.replace(",", ".")) == digits(english.replace(",", "."))
        for line in swedish.splitlines():
            assert line not in english.splitlines()
        assert not re.search(r"\b(the|attacks|weeks|data say|cannot)\b", re.sub(r"\(\w+\.\w+\)", "", swedish))


def digits(text: str) -> list[str]:
    return re.findall(r"\d+(?:\.\d+)?", re.sub(r"90.(?:%|procentiga?t?)", "", text))


@pytest.mark.slow
def test_the_command_answers_in_swedish_and_says_how_long_it_takes(
    attacks: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job, "LONG", 0.1)
    record, out = written(tmp_path / "counts.csv", attacks, some_missing), tmp_path / "out"
    words = [*ASKED, "--missing", "2016-03", "--confirm-small-cells", "--lang", "sv", "--seed", "3", "--points", "400"]
    assert main(["calibrate", str(record), *words, "--workers", "1", "--out", str(out)]) == 0
    said = capsys.readouterr()
    assert "Det här tar ungefär" in said.err
    assert "Modellen säger, med 90-procentiga intervall:" in said.out and "var inte registrerade" in said.out
    stored = open_store(out)
    assert stored.read_file("summary.txt").decode().strip() in said.out
    assert stored.read_file("figures/calibration.png").startswith(b"\x89PNG") and len(read_ensemble(out)) == 200
    page = unescape(stored.read_file("report.html").decode())
    assert f"{out / 'report.html'}" in said.out and '<html lang="sv">' in page and "var inte registrerade" in page
    options = "--missing 2016-03 --points 400 --confirm-small-cells --seed 3"
    assert f"<pre>gvi-sim calibrate counts.csv {' '.join(ASKED)} {options}</pre>" in page and str(tmp_path) not in page


@pytest.mark.parametrize("lang", ["en", "sv"])
def test_a_calibrated_folder_has_a_page_that_shows_what_is_stored(
    lang: str, found: tuple[Calibration, Path], capsys: pytest.CaptureFixture[str]
) -> None:
    calibration, folder = found
    view = calibration_view(folder)
    assert view.found == calibration.found
    assert main(["report", str(folder), "--lang", lang, "--quiet"]) == 0
    page = Path(capsys.readouterr().out.strip())
    shown, words = unescape(page.read_text("utf-8")), Words(lang)
    assert page == folder / "report.html" and f'<html lang="{lang}">' in shown
    for one in calibration.learnt:
        assert f'<th scope="row">{called_text(words, one.name)}</th>' in shown
        assert interval(words, one.posterior) in shown and interval(words, one.prior) in shown
    for column in columns(calibration.counts.frame):
        assert f'<th scope="row">{column.text(words.lang)}</th>' in shown
    for section in ("learnt", "nothing", "checks", "rests", "limits"):
        assert shown.count(f'<section id="{section}"') == 1
    said = [
        fit_text(words, view.found.fit, view.found.statistics),
        *marked(words, view.found),
        words("report.validation"),
    ]
    assert all(text in shown for text in said) and calibration.ensemble.sha256 in shown
    assert shown.count('src="data:image/svg+xml;base64,') == 1 and "<script" not in shown
    estimated = {*calibration.ensemble.keys}
    assert estimated and not estimated & {entry.key for entry in view.resting}
    assert {"report.html", "figures/calibration.svg", "figures/calibration.png"} <= {*open_store(folder).files}


def test_the_page_of_a_model_that_does_not_fit_says_so_first(found: tuple[Calibration, Path], tmp_path: Path) -> None:
    """What was left out of the record, and an answer at the edge, stand there too."""
    wild = variants(found[0])[1]
    told = ensemble_of(wild.counts, wild.setting, wild.points.to_numpy(), wild.seed)
    bad = replace(wild, p=0.002, ensemble=told)
    write_calibration(tmp_path / "bad", bad)
    view = calibration_view(tmp_path / "bad")
    assert view.found == bad.found
    page = unescape(write_calibration_report(tmp_path / "bad").read_text("utf-8"))
    warned = page.partition('id="warnings"')[2].partition("</section>")[0]
    assert "does not fit this record (p = 0.002)" in warned and "700 attacks from" in warned
    assert warned.count("reaches the edge of where it was looked for") == len(bad.learnt)
    well = write_calibration_report(found[1]).read_text("utf-8")
    assert "does not fit" not in well


def test_an_ensemble_without_what_a_page_shows_is_refused(
    found: tuple[Calibration, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_ensemble(tmp_path / "bare", found[0].ensemble)
    assert main(["report", str(tmp_path / "bare")]) == 1
    assert "Run gvi-sim calibrate on the same record again" in capsys.readouterr().err
    assert not (tmp_path / "bare" / "report.html").exists()


def test_another_language_is_refused_before_anything_is_read() -> None:
    assert main(["calibrate", "nowhere.csv", "--lang", "de"]) == 2


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (["--points", "100000000"], "Ask for --points"),
        (["site.members=3000000", "site.groups=3000"], "site.members"),
    ],
)
def test_the_absurd_is_refused_with_its_time(
    asked: list[str], said: str, attacks: pd.DataFrame, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, out = written(tmp_path / "counts.csv", attacks), tmp_path / "out"
    assert main(["calibrate", str(record), *ASKED, *asked, "--confirm-small-cells", "--out", str(out)]) == 2
    told = capsys.readouterr().err
    assert "would take about" in told and "memory" in told and said in told and "--yes" in told
    assert not out.exists()


def test_what_it_takes_rises_with_what_it_is_made_of(found: tuple[Calibration, Path]) -> None:
    setting, frame, names = found[0].setting, found[0].setting.register.frame, found[0].setting.prior.names

    def effort(*words: str, points: int = 8000, level: tuple[float, float] = (24.0, 150.0)) -> Effort:
        return effort_of(setting.base.replace(*words), names, level, frame, points)

    usual = effort()
    assert effort(points=80_000).seconds(1) > 5 * usual.seconds(1) > 0
    assert effort(points=80_000).memory > 2 * usual.memory
    assert effort("site.members=50000").shared > 2 * usual.shared
    assert effort(level=(2400.0, 15_000.0)).shared > 5 * usual.shared
    check_effort(usual, 8000, frame, workers=1, force=False)
    check_effort(effort(points=10**9), 10**9, frame, workers=1, force=True)


def some_missing(table: pd.DataFrame) -> pd.DataFrame:
    return table[(table["day"] < 400) | (table["day"] > 520)]


def one_absurd(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(attacks=table["attacks"].where(table.index != 40, 700))


def many_zeros(table: pd.DataFrame) -> pd.DataFrame:
    zeros = pd.DataFrame({"day": np.arange(0, YEARS * 365, 9), "area": 0, "hit": 0, "killed": 0, "attacks": 0})
    return pd.concat([table, zeros]).groupby(["day", "area"], as_index=False).sum()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("edit", "missing", "warning"),
    [
        (some_missing, ["2016-02", "2016-03", "2016-04", "2016-05", "2016-06"], "were not recorded"),
        (one_absurd, [], "Left out as absurd"),
        (many_zeros, [], ""),
    ],
    ids=["missing months", "an outlier", "zeros"],
)
def test_it_survives(
    edit: Callable[[pd.DataFrame], pd.DataFrame],
    missing: list[str],
    warning: str,
    attacks: pd.DataFrame,
    tmp_path: Path,
) -> None:
    counts = counts_of(written(tmp_path / "counts.csv", attacks, edit), missing=missing)
    calibration = calibrate(counts, *ASKED, points=400, seed=3, workers=1)
    low, _, high = calibration.by_name["site.attacks_per_year"].posterior
    assert low < 60 < high
    assert calibration.fits and warning in "".join(calibration.warnings)


@pytest.mark.slow
def test_a_declared_recording_rate_gives_the_level_back(attacks: pd.DataFrame, tmp_path: Path) -> None:
    kept = attacks[np.random.default_rng(1).random(len(attacks)) < 0.7]
    counts = counts_of(written(tmp_path / "counts.csv", kept))
    calibration = calibrate(counts, *ASKED, points=400, seed=3, workers=1, recording=0.7)
    low, _, high = calibration.by_name["site.attacks_per_year"].posterior
    assert low < 60 < high
    assert "of which 70% are taken to be recorded" in calibration.text()


@pytest.mark.slow
def test_a_record_the_model_cannot_make_is_warned_about(attacks: pd.DataFrame, tmp_path: Path) -> None:
    block = attacks["day"] // 112  # all attacks of 16 weeks on one day, and not always the same day of the week
    every_fourth = attacks.assign(day=block * 112 + block % 3)
    counts = counts_of(written(tmp_path / "counts.csv", every_fourth), keep_outliers=True)
    calibration = calibrate(counts, *ASKED, points=400, seed=3, workers=1)
    assert not calibration.fits and "WARNING: the model does not fit" in calibration.text()
    assert "that attacks set off attacks" not in calibration.text()
    for lang, claim in (("en", "that attacks set off attacks"), ("sv", "att dåd utlöser dåd")):
        answer = calibration.text(lang)
        assert claim not in answer and "n =" not in answer


@pytest.mark.slow
def test_whole_years_tell_the_level_and_nothing_about_retaliation(tmp_path: Path) -> None:
    """Typed, with 60 a year: of records that the model makes, one in ten has a level its own interval leaves out."""
    (tmp_path / "years.csv").write_text("år,antal\n2015,68\n2016,53\n2017,64\n2018,55\n", "utf-8")
    calibration = calibrate(counts_of(tmp_path / "years.csv"), *ASKED, points=400, seed=3, workers=1)
    low, _, high = calibration.by_name["site.attacks_per_year"].posterior
    assert low < 60 < high < 2 * low and calibration.by_name[N].is_nothing and calibration.fits
    assert "Cannot tell" in calibration.text() and "Whole years tell level and trend" in calibration.text()


def test_what_is_set_is_not_estimated_and_structures_free_what_they_hold(found: tuple[Calibration, Path]) -> None:
    from gvi_sim.analysis.calibration.procedure import calibration_base, chosen_free

    counts = found[0].counts

    def free(*words: str) -> tuple[str, ...]:
        return chosen_free(calibration_base(counts, (*ASKED, *words)), counts, None)

    assert N in free() and SHOCK in free() and "harm.p_hit" in free()
    assert N not in free("attacks.kappa_repeat=0.1") and "site.activity_sd" not in free("site.activity_sd=1")
    assert N not in free("structure=shared_shocks") and SHOCK in free("structure=shared_shocks")
    assert SHOCK not in free("structure=retaliation") and "gates.withdrawal" in free("structure=withdrawal")
    assert set(FREE_IN) == {"as_known", "retaliation", "shared_shocks", "withdrawal"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"recording": 0.0}, "share of attacks"),
        ({"kind": "crimes"}, "kind = 'crimes'"),
        ({"points": 399}, "points = 399 .* from seed to seed"),
        ({"free": ["n"]}, "freed together"),
        ({"free": ["years"]}, "no range in the registry"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    options: dict[str, object], message: str, found: tuple[Calibration, Path]
) -> None:
    with pytest.raises(ScenarioError, match=message):
        calibrate(found[0].counts, *ASKED, seed=1, workers=1, **options)  # type: ignore[arg-type]


def test_more_areas_than_groups_are_refused(tmp_path: Path) -> None:
    rows = [f"2015-{m:02d},area {a},7" for m in range(1, 13) for a in range(4)]
    (tmp_path / "counts.csv").write_text("\n".join(["period,area,attacks", *rows]), encoding="utf-8")
    with pytest.raises(ScenarioError, match="4 areas and Upplands-Bro has 3 groups"):
        calibrate(tmp_path / "counts.csv", *ASKED)


def test_priors_stay_in_their_ranges_and_make_scenarios() -> None:
    base = load_scenario("site=malmo", "programme=none", "years=6", "start_date=2015-01-05")
    narrow = prior_of(base.replace("calendar.cap=2"), (TREND,), (50.0, 300.0), 6)
    base = base.replace({"calendar.cap": room_for(base)})
    assert narrow.ends(TREND)[1] < 0.5 * prior_of(base, (TREND,), (1, 2), 6).ends(TREND)[1], "no room for more"
    base.replace({"calendar.cap": 2, **overrides_of({TREND: narrow.quantiles[0](1.0)}, base)})
    prior = prior_of(base, FREE_IN["as_known"], (50.0, 300.0), 6)
    points = prior.draw(512, 4)
    column = dict(zip(prior.names, points.T, strict=True))
    assert 0 <= column["n"].min() < 0.01 and 0.64 < column["n"].max() <= 0.65
    assert abs(np.log(column["site.attacks_per_year"]).mean() - np.log(50 * 300) / 2) < 0.02
    assert not np.array_equal(points, prior.draw(512, 5)) and np.array_equal(points, prior.draw(512, 4))
    for point in points[:20].tolist():
        base.replace(overrides_of(dict(zip(prior.names, point, strict=True)), base))
    assert sum(kappas(0.4, 0.7, 0.3)) == pytest.approx(0.4)


def test_a_trend_multiplies_the_scenarios_own() -> None:
    base = load_scenario("site=malmo", "years=4", "start_date=2018-01-01")
    flat, rising = trend_rows(base, 0.0), trend_rows(base, 0.1)
    assert [row[1] for row in flat[:5]] == [0.9] * 4 + [1.07] or flat[0][1] == 0.9
    ratio = np.log([float(str(b[1])) / float(str(a[1])) for a, b in zip(flat, rising, strict=True)])
    np.testing.assert_allclose(np.diff(ratio)[:-1], 0.025)
    assert abs(ratio.mean()) < 0.02
