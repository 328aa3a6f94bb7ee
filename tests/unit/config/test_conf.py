"""conf/: choices and no facts, every key and no other, the same by Hydra and by the strict reader."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import cycle, product
from pathlib import Path

import pytest
from each import each

from gvi_sim import evidence
from gvi_sim.config import conf_dir, leaves, load_scenario, options
from gvi_sim.config.conf_files import flattened
from gvi_sim.config.levers import parts
from gvi_sim.errors import ScenarioError
from gvi_sim.evidence.strict_yaml import plain, read_yaml

FILES = sorted(conf_dir().rglob("*.yaml"))


def content(path: Path) -> dict[str, object]:
    return {key: value for key, value in flattened(plain(read_yaml(path))).items() if not key.startswith("defaults")}


def numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [n for item in value.values() for n in numbers(item)]
    if isinstance(value, list):
        return [n for item in value for n in numbers(item)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def test_the_groups_and_their_files() -> None:
    assert options("programme") == (
        "call_ins_only",
        "gvi",
        "no_municipality",
        "none",
        "sanctions_only",
        "support_only",
    )
    assert options("calendar") == ("flat", "sweden", "united_states")
    assert options("structure") == ("as_known", "retaliation", "shared_shocks", "withdrawal")
    assert len(options("site")) == 13
    assert options("engine") == ("local",)


def test_config_yaml_holds_choices_and_no_key() -> None:
    assert set(plain(read_yaml(conf_dir() / "config.yaml"))) == {"defaults"}


@each("path", FILES)
def test_a_file_holds_choices_and_no_facts(path: Path) -> None:
    assert set(numbers(plain(read_yaml(path)))) <= {0, 1} or path.parent.name == "structure"
    assert set(content(path)) <= {*leaves(), "kind", "only"}
    first = path.read_text("utf-8").splitlines()[0]
    assert path.name == "config.yaml" or first.startswith("# @package ")


def assert_composed_alike(site: str, programme: str, calendar: str | None) -> None:
    words = [f"site={site}", f"programme={programme}", *([f"calendar={calendar}"] if calendar else [])]
    by_hydra, by_reader = load_scenario(*words), load_scenario("years=9").replace("years=null", *words)
    assert by_hydra == by_reader
    assert by_hydra.choices == by_reader.choices
    assert [by_hydra.origin(key) for key in leaves()] == [by_reader.origin(key) for key in leaves()]


def test_hydra_and_the_strict_reader_compose_the_same() -> None:
    """Every site, package and calendar once."""
    for choice in zip(options("site"), cycle(options("programme")), cycle((*options("calendar"), None))):
        assert_composed_alike(*choice)


@pytest.mark.slow
def test_hydra_and_the_strict_reader_compose_every_combination_the_same() -> None:
    for choice in product(options("site"), options("programme"), (None, *options("calendar"))):
        assert_composed_alike(*choice)


@pytest.mark.parametrize("structure", options("structure"))
def test_a_rival_structure_switches_off_or_takes_the_middle_of_the_registry(structure: str) -> None:
    for key, value in content(conf_dir() / "structure" / f"{structure}.yaml").items():
        if key not in leaves() or value == 0 or key == "calendar.cap":
            continue
        entry = evidence.entry(key)
        assert value == pytest.approx((entry.low + entry.high) / 2), key
    words = ("site=malmo", f"structure={structure}")
    by_hydra, by_reader = load_scenario(*words), load_scenario("years=9").replace("years=null", *words)
    assert by_hydra == by_reader
    assert by_hydra.choices["structure"] == structure


def test_it_composes_inside_another_hydra_application() -> None:
    from hydra import compose, initialize_config_dir
    from hydra.core.global_hydra import GlobalHydra

    from gvi_sim.config.compose import composed

    composed.cache_clear()
    with initialize_config_dir(str(conf_dir()), version_base="1.3"):
        assert load_scenario("site=malmo").site.name == "Malmö"
        assert compose("config", ["site=orebro"]).site.key == "orebro"
    assert not GlobalHydra.instance().is_initialized()


def test_a_package_holds_only_what_cannot_be_derived() -> None:
    """The levers of a part that it leaves out are off by `only`; none stands in the file too."""
    stated = {}
    for name in options("programme"):
        own = content(conf_dir() / "programme" / f"{name}.yaml")
        gone = [part for part in parts() if part not in own.get("only", [*parts()])]
        stated |= {(name, key): own[key] for part in gone for key in parts()[part] if key in own}
    assert stated == {}


def test_a_package_of_parts_that_do_not_exist_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gvi_sim.config import conf_files

    for only in ([["suport"]], ["support"]):
        monkeypatch.setattr(conf_files, "_content", lambda name, only=only: {"only": only[0]})
        with pytest.raises(ScenarioError, match="only must list parts"):
            conf_files.file_sets.__wrapped__("programme", "support_only")


def test_what_the_programmes_leave_out() -> None:
    only = {name: load_scenario(f"programme={name}") for name in options("programme")}
    assert only["call_ins_only"].programme.sanction_certainty == 0
    assert only["call_ins_only"].programme.notification.per_month == 0
    assert only["call_ins_only"].programme.call_in.every_days > 0
    assert only["sanctions_only"].exit.offer_rate == 0
    assert only["sanctions_only"].programme.call_in.every_days == 0
    assert only["sanctions_only"].programme.sanction_certainty > 0
    assert only["support_only"].belief.message_reach == 0
    assert only["support_only"].programme.sanction_certainty == 0
    assert only["support_only"].exit.offer_rate > 0
    assert not only["no_municipality"].partners.municipality.signed


def test_a_flat_calendar_is_one_everywhere() -> None:
    calendar = load_scenario("calendar=flat", "site=malmo").calendar
    assert (calendar.trend, calendar.season, dict(calendar.series), calendar.shocks) == ((), (), {}, ())
    assert calendar.cap == 1.0


@pytest.mark.slow
def test_every_series_is_one_at_the_reference_date() -> None:
    from datetime import date

    for site in options("site"):
        calendar = load_scenario(f"site={site}").calendar
        for rows in (calendar.trend, *calendar.series.values()):
            assert [factor for day, factor in rows if day <= date(2023, 1, 1)][-1:] in ([], [1.0])


def test_an_installed_package_finds_conf_inside_itself(tmp_path: Path, root: Path) -> None:
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(root / "gvi_sim", tmp_path / "site" / "gvi_sim", ignore=ignore)
    shutil.copytree(root / "conf", tmp_path / "site" / "gvi_sim" / "conf")
    code = "from gvi_sim.config import conf_dir, load_scenario; print(conf_dir(), load_scenario().site.key)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "site"), "PATH": ""},
    )
    assert done.stdout.split() == [str(tmp_path / "site" / "gvi_sim" / "conf"), "huddinge"]


def test_a_package_without_conf_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gvi_sim.config import conf_files

    conf_dir.cache_clear()
    monkeypatch.setattr(conf_files, "__file__", str(tmp_path / "a" / "b" / "c.py"))
    try:
        with pytest.raises(ScenarioError, match="the installation is incomplete"):
            conf_dir()
    finally:
        conf_dir.cache_clear()
