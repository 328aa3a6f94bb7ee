"""Scenario files: a closed schema, choices by name, and file:line in every refusal."""

from __future__ import annotations

from pathlib import Path

import pytest
from each import each

from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import ScenarioError

MINE = """\
# a plain scenario file
site: malmo
programme: call_ins_only
calendar:
  cap: 1.6
years: 5
programme.call_in.every_days: 90
exit: {places: 12, offer_rate: 0.25}
"""


def write(folder: Path, text: str, name: str = "my.yaml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_is_the_same_as_its_overrides(tmp_path: Path) -> None:
    words = (
        "site=malmo",
        "programme=call_ins_only",
        "calendar.cap=1.6",
        "years=5",
        "programme.call_in.every_days=90",
        "exit.places=12",
        "exit.offer_rate=0.25",
    )
    path = write(tmp_path, MINE)
    scenario = load_scenario(path)
    assert scenario == load_scenario(*words)
    assert scenario == load_scenario(str(path))
    assert scenario.chosen == load_scenario(*words).chosen
    assert scenario.origin("years") == "my.yaml:6"
    assert scenario.origin("exit.places") == "my.yaml:8"


def test_overrides_go_on_top_of_a_file(tmp_path: Path) -> None:
    scenario = load_scenario(write(tmp_path, MINE), "years=3", "site=orebro")
    assert (scenario.years, scenario.site.name, scenario.exit.places) == (3.0, "Örebro", 12)


def test_a_stored_scenario_holds_as_it_stands(tmp_path: Path) -> None:
    text = load_scenario("years=4").to_yaml().replace("acceptance: 0.6", "acceptance: 0.61")
    stored = load_scenario(write(tmp_path, text))
    assert stored.exit.acceptance == 0.61
    assert stored.chosen == ("years",)
    assert stored.replace("years=5").exit.acceptance == 0.61
    assert stored.replace("exit.acceptance=null").exit.acceptance == 0.6
    assert stored.replace("site=malmo").exit.acceptance == 0.6
    assert stored.replace("site.key=malmo").site.members == 275


def test_a_stored_start_moves_with_the_start_date(tmp_path: Path) -> None:
    stored = load_scenario(write(tmp_path, load_scenario("site=malmo").to_yaml()))
    moved = stored.replace("start_date=2026-01-01")
    assert moved.programme.start_date == moved.start_date
    assert moved.calendar.shocks == ()


REFUSED = {
    "value": (
        "years: 5\nprogramme:\n  sanction_certainty: 1.4\n",
        "out-of-range",
        "programme.sanction_certainty = 1.4 (my.yaml:3) is a probability and must lie in [0, 1]. Percent? Write 0.014.",
    ),
    "key": (
        "years: 5\nprogramme:\n  sanction_certanty: 1\n",
        "unknown-key",
        "There is no key 'programme.sanction_certanty' (my.yaml:3). Nearest: programme.sanction_certainty.",
    ),
    "choice": ("\nsite: malmoe\n", "no-such-choice", "site = 'malmoe' (my.yaml:2): there is no such site."),
    "traversal": ("site: ../config\n", "no-such-choice", "there is no such site"),
    "duplicate": (
        "years: 5\nyears: 6\n",
        "bad-file",
        "my.yaml:2 gives the key 'years' twice (first on line 1)",
    ),
    "dotted twice": (
        "exit: {places: 3}\nexit.places: 4\n",
        "twice",
        "exit.places (my.yaml:2) is given twice, first at my.yaml:1",
    ),
    "no": ("strict: no\n", "not-a-flag", "strict = 'no' (my.yaml:1) must be true or false. Write false."),
    "octal": ("years: 010\n", "not-a-number", "years = '010' (my.yaml:1) must be a number"),
    "sexagesimal": ("years: 12:30\n", "not-a-number", "years = '12:30' (my.yaml:1)"),
    "nan": ("years: .nan\n", "not-finite", "is not a number"),
    "quoted": ("years: '5'\n", "not-a-number", "years = '5' (my.yaml:1) must be a number"),
    "truth": ("years: true\n", "not-a-number", "This is a truth value."),
    "season": (
        "\n\ncalendar:\n  season: [1, 1]\n",
        "season-length",
        "calendar.season (my.yaml:4) has 2 factors",
    ),
    "hydra": ("hydra: {run: {dir: x}}\n", "machinery", "my.yaml:1 has the key 'hydra'"),
    "hydra, dotted": ("years: 5\nhydra.run.dir: x\n", "machinery", "my.yaml:2 has the key 'hydra.run.dir'"),
    "target": ("_target_: os.system\n", "machinery", "my.yaml:1 has the key '_target_'"),
    "target below": (
        "exit:\n  places: {_target_: os.system}\n",
        "machinery",
        "my.yaml:2 has the key '_target_'",
    ),
    "person": ("# NN\n# 811218-9876\n", "bad-file", "my.yaml:1 is empty"),
    "person in a comment": (
        "years: 5 # seen with\n# 811218-9876\n",
        "personal-data",
        "my.yaml:2 holds what looks like a personal identity number. Data about real persons are refused",
    ),
    "person in a key": ("years: 5\n'811218-9876': 1\n", "personal-data", "my.yaml:2 holds"),
    "person behind escapes": ('site.name: "\\x3811218-9876"\n', "personal-data", "my.yaml:1 holds"),
    "defaults": ("defaults: [site: malmo]\n", "unknown-key", "There is no key 'defaults'"),
    "run key": ("seed: 4\n", "run-key", "seed (my.yaml:1) is a run key"),
    "list for a branch": ("exit: [1]\n", "branch", "exit (my.yaml:1) is a branch"),
    "mapping for a leaf": ("years: {a: 1}\n", "not-a-number", "years = {a: 1} (my.yaml:1)"),
    "chosen": (
        "years: 5\nchosen: [yeers]\n",
        "unknown-key",
        "There is no key 'yeers' (my.yaml:2). Nearest: years.",
    ),
    "chosen text": ("chosen: years\n", "bad-file", "my.yaml:1 chosen must be a list of keys."),
    "choices": ("choices: {sites: malmo}\n", "unknown-key", "choices has 'sites'"),
    "choices text": ("choices: malmo\n", "bad-file", "choices must map a group"),
    "rule": ("site.groups: 999\n", "groups-above-members", "site.groups = 999"),
}


@each("text, rule, message", REFUSED.values())
def test_a_bad_file_is_refused_with_its_line(text: str, rule: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(tmp_path, text))
    assert caught.value.rule == rule
    assert message in str(caught.value)


def test_paths_that_are_no_scenario_files(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match=r"none\.yaml does not exist"):
        load_scenario("none.yaml")
    with pytest.raises(ScenarioError, match="is a folder"):
        load_scenario(tmp_path)
    one, two = write(tmp_path, MINE), write(tmp_path, MINE, "other.yaml")
    with pytest.raises(ScenarioError, match="a scenario comes from one file"):
        load_scenario(one, two)


def test_a_mapping_in_memory() -> None:
    assert Scenario.from_dict({"site": "malmo", "years": 5}) == load_scenario("site=malmo", "years=5")
    with pytest.raises(ScenarioError, match="A scenario is a mapping"):
        Scenario.from_dict([1])  # type: ignore[arg-type]


def test_a_foreign_file_never_reaches_hydra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hydra

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a foreign file went through Hydra")

    monkeypatch.setattr(hydra, "compose", refuse)
    monkeypatch.setattr(hydra, "initialize_config_dir", refuse)
    load_scenario(write(tmp_path, MINE)).replace("programme=gvi", "years=3")
