"""What the tool refuses on principle: it ranks and scores nobody and shows no fewer than ten persons."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gvi_sim
from gvi_sim.analysis.inference import outcomes
from gvi_sim.analysis.measures.listed_groups import may_be_told_apart
from gvi_sim.cli import main
from gvi_sim.config import leaves, load_scenario, typed_names
from gvi_sim.dynamics.reference import with_reference
from gvi_sim.errors import ScenarioError
from gvi_sim.execution.amounts.totals import COLUMNS
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.language.catalogue import sentences
from gvi_sim.model import Person
from gvi_sim.report.building.disclosure_control import SMALLEST, check_axes, check_size
from gvi_sim.world.tables import OUTCOMES, SERIES, TABLES

SMALL = load_scenario("site=huddinge", "years=1", "burn_in_years=0.5")

# Words of tools that judge persons or send patrols; none may name a column, a function or a class.
JUDGING = re.compile(
    r"(^|_)(score|scores|scoring|ranked|ranking|risk|risks|propensity|suspect|suspects|hotspot|hotspots|patrol|"
    r"predict|prediction|prospective|likelihood_to|dangerous|priority|watchlist|blacklist|target_list|who_next|"
    r"offender|offenders|latitude|longitude|coordinate|coordinates)($|_)"
)
OF_PERSONS = {"run", "person", "site", "group", "join_day", "leave_day", "age_at_join", "kind"}
OF_A_PERSON = {"group", "status", "age", "joined_day", "is_stand_in", "detain", "offer_support"}


def test_no_column_of_any_table_judges_a_person() -> None:
    columns = {name for table in TABLES.values() for name in table.columns}
    assert [name for name in sorted({*columns, *SERIES, *OUTCOMES, *COLUMNS}) if JUDGING.search(name)] == []
    assert set(TABLES["persons"].columns) == OF_PERSONS


def test_outcomes_are_of_places_and_of_no_single_person_or_group() -> None:
    result = Engine(SMALL, references=with_reference(SMALL)).run(1, 0)
    assert result.outcomes.shape == (1, len(OUTCOMES)) and result.series.shape[0] == 1


def test_a_view_of_a_person_offers_no_judgement() -> None:
    shown = {name for name in vars(Person) if not name.startswith("_")}
    assert shown == OF_A_PERSON


def public_names() -> set[str]:
    """Every public function, class, method and field of the package."""
    found = set()
    for info in pkgutil.walk_packages(gvi_sim.__path__, "gvi_sim."):
        if info.name.endswith("__main__"):
            continue
        module = importlib.import_module(info.name)
        for name, thing in vars(module).items():
            if getattr(thing, "__module__", None) != info.name or name.startswith("_"):
                continue
            found.add(f"{info.name}.{name}")
            if inspect.isclass(thing):
                found |= {f"{info.name}.{name}.{part}" for part in vars(thing) if not part.startswith("_")}
                found |= {f"{info.name}.{name}.{f.name}" for f in (fields(thing) if is_dataclass(thing) else ())}
    return found


ABOUT_THE_MODEL = {"gvi_sim.config.tree.Membership.propensity_sd"}  # how unequal members are, not who


def test_no_public_name_judges_a_person() -> None:
    names = public_names()
    assert len(names) > 400
    judging = {name for name in names if JUDGING.search(name.rsplit(".", 1)[-1].lower())}
    inner = {name for name in judging if name.startswith(("gvi_sim.world.", "gvi_sim.dynamics."))}
    assert judging - inner - ABOUT_THE_MODEL == set()


def test_the_inner_weight_of_a_person_leaves_the_engine_nowhere() -> None:
    engine = Engine(SMALL, frozenset(TABLES), references=with_reference(SMALL))
    tables = engine.run(1, 0).tables
    for name, table in tables.items():
        floats = [column for column in table.dtype.names if table.dtype[column].kind == "f"]
        assert all(column.endswith("day") or column in ("age_at_join", "shooter_age") for column in floats), name
    persons = tables["persons"]["person"]
    assert (np.diff(persons) > 0).all()  # in the order of their numbers, which mean nothing


def test_no_key_names_a_person_or_a_place_within_a_municipality() -> None:
    texts = [key for key, domain in leaves().items() if domain.kind == "text"]
    assert texts == ["site.key", "site.name"]
    assert [
        key for key in leaves() if JUDGING.search(key.rsplit(".", 1)[-1]) and key != "membership.propensity_sd"
    ] == []


def test_no_figure_or_table_of_a_report_is_by_person_or_group() -> None:
    assert all(not name.endswith(("_id", "person", "group")) for name in outcomes.BY_NAME)
    english = " ".join(
        entry["en"] for key, entry in sentences().items() if not key.startswith(("limits", "report.not"))
    )
    assert not re.search(
        r"\b(person|group|member) (no\.|number|#) ?\d|\brisk score|\bmost dangerous", english, re.IGNORECASE
    )


# --- never fewer than ten --------------------------------------------------------------------------------


@pytest.mark.parametrize("command", [("run",), ("sweep", "exit.places=1,2")])
def test_a_place_of_nine_gets_no_report(
    command: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    words = ("site.members=9", "site.groups=2", "site.rivals_mean=1", "site.allies_mean=0")
    assert main([*command, *words, "--replicates", "2", "--quiet"]) == 2
    assert "fewer than 10 persons" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_ten_is_the_smallest_number_shown() -> None:
    from gvi_sim.experiment.design import Axis

    assert SMALLEST == 10
    small = {"site.groups": 2, "site.rivals_mean": 1, "site.allies_mean": 0}
    check_size(load_scenario({**small, "site.members": 10}))
    with pytest.raises(ScenarioError, match="fewer than 10"):
        check_size(load_scenario({**small, "site.members": 9}))
    with pytest.raises(ScenarioError, match="fewer than 10"):
        check_axes([Axis("site.members", (5, 50))])
    check_axes([Axis("site.members", (10, 50)), Axis("exit.places", (1, 2))])


def told_apart(groups: pd.DataFrame) -> bool:
    return may_be_told_apart(groups, groups["first_listed_day"].notna().to_numpy(bool))


def groups(*rows: tuple[int, int, float]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=["run", "members", "first_listed_day"])


def test_listed_groups_are_shown_when_they_are_ten_or_more() -> None:
    nan = float("nan")
    assert told_apart(groups((0, 6, 1.0), (0, 4, 2.0), (0, 30, nan)))
    assert told_apart(groups((0, 40, nan)))
    assert not told_apart(groups((0, 9, 1.0), (0, 30, nan)))
    assert not told_apart(groups((0, 30, 1.0), (0, 9, nan)))
    assert not told_apart(groups((0, 30, 1.0), (0, 30, nan), (1, 5, 1.0), (1, 55, nan)))


# --- names that were typed -------------------------------------------------------------------------------


def test_typed_names_bring_a_notice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shock = {"name": "x", "start": "2024-01-01", "end": "2024-02-01", "share": 0.1, "years": 1}
    assert typed_names(load_scenario("site=malmo", "years=5")) == ()
    assert typed_names(load_scenario("site.name=Byn", {"calendar.shocks": [shock]})) == (
        "site.name",
        "calendar.shocks",
    )
    own = {"sites": {"malmo": {}, "byn": dict.fromkeys(("site.population", "site.groups", "site.members"), 50)}}
    own["sites"]["byn"] |= {
        "site.country": "SE",
        "site.groups": 5,
        "site.attacks_per_year": 3,
        "site.name": "Byn",
    }
    assert typed_names(load_scenario(own)) == ("sites.byn", "sites.byn.site.name")


CLAIMS = {
    "ETHICS.md": (
        "personal identity",
        "coordination numbers",
        "telephone",
        "street address",
        "ten",
        "A name alone",
    ),
    "SECURITY.md": ("strict", "numba", "hydra", "1 MiB", "multiprocessing", "git"),
}


@pytest.mark.parametrize("document", CLAIMS)
def test_the_documents_say_what_the_tests_hold(document: str, root: Path) -> None:
    text = (root / document).read_text("utf-8")
    assert [claim for claim in CLAIMS[document] if claim.lower() not in text.lower()] == []
