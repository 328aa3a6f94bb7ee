"""What any file, package, site or user sets reaches the engine as it was set; the rest as drawn or looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest
import yaml

from gvi_sim.cli.listing import scenario_lines
from gvi_sim.config import Scenario, conf_dir, leaves, load_scenario, options
from gvi_sim.config.leaves import flat_of
from gvi_sim.execution.ensembles.ensemble import StoredEnsemble
from gvi_sim.execution.ensembles.packaged import packaged_ensemble
from gvi_sim.execution.ensembles.parameters import Drawn
from gvi_sim.execution.parameter_source import chosen_parameters
from gvi_sim.execution.planning.arm import Arm
from gvi_sim.execution.planning.batch import default_engine
from gvi_sim.execution.planning.plan import Plan
from gvi_sim.execution.storage.ensemble_file import write_ensemble
from gvi_sim.experiment.arms import base_scenario, business_as_usual, cell_arms, with_baselines
from gvi_sim.experiment.design_files import design_from
from gvi_sim.language.catalogue import Words
from gvi_sim.world.kernel_parameters import PARAMETERS

ENSEMBLE = packaged_ensemble()
SEED, REPLICATES = 1, (0, 99)
BY_ONE_KEY = {
    "gates.norm_strength": "norm_strength", "gates.defiance": "defiance", "belief.message_reach": "message_reach",
    "gates.deterrence_strength": "deterrence_strength", "gates.pressure_strength": "pressure_strength",
    "gates.replacement": "replacement", "gates.support_restraint": "support_restraint",
    "gates.mediation_effect": "mediation_effect", "belief.vicarious": "vicarious", "exit.acceptance": "acceptance",
    "belief.credibility": "credibility", "exit.completion": "completion", "exit.offer_rate": "offer_rate",
    "belief.legitimacy_contact_step": "legitimacy_contact_step",
    "belief.legitimacy_sanction_step": "legitimacy_sanction_step",
}  # fmt: skip


def set_by_files(choices: Mapping[str, str]) -> dict[str, object]:
    """What the chosen files set, read here without the package's own reader; null sets nothing."""
    found: dict[str, object] = {}

    def walk(content: Mapping[str, object], prefix: str) -> Iterator[tuple[str, object]]:
        for name, value in content.items():
            key = f"{prefix}{name}"
            yield from walk(value, f"{key}.") if isinstance(value, dict) and key not in leaves() else [(key, value)]

    for group in ("programme", "calendar", "structure", "site"):
        file = conf_dir() / group / f"{choices[group]}.yaml"
        if group == "site" and not file.is_file():  # a site without choices of its own
            continue
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        found |= {key: value for key, value in walk(content, "") if value is not None and key != "defaults"}
    return found


def plan_of(*arms: Arm) -> Plan:
    parameters = chosen_parameters("ensemble", arms)
    return Plan(kind="sweep", arms=arms, seed=SEED, replicates=100, make=default_engine(), parameters=parameters)


def complaints(arm: Scenario, drawn: Drawn, alone: set[str]) -> Iterator[str]:
    """Where the engine's own parameters are not what the stored scenario, its files and the draw say."""
    stored = Scenario.from_yaml(arm.to_yaml())
    engine = default_engine()(arm, frozenset(), drawn.of(arm, SEED, 0)[1])
    for replicate in REPLICATES:
        draw = ENSEMBLE.draw_of(replicate, SEED)  # the same whatever is left out
        engine.retune(*drawn.of(arm, SEED, replicate))
        row = engine.plan.par.view(np.ndarray)[0]
        values = {key: v for key, v in ENSEMBLE.overrides(draw).items() if key not in alone}
        whole = stored.replace(values)
        for name, source in PARAMETERS.items():
            if row[name] != source(whole):
                yield f"{arm!r}, draw {draw}: the engine has {name} = {row[name]}, {source(whole)} was set or drawn"
        for key, name in BY_ONE_KEY.items():
            if row[name] != values.get(key, flat_of(stored)[key]):
                yield f"{arm!r}, draw {draw}: {key} reaches the engine as {row[name]}"


def printed_wrongly(scenario: Scenario, alone: set[str]) -> Iterator[str]:
    """Where --cfg tells another value, or other keys that are drawn."""
    printed = dict(line.split(" = ") for line in scenario_lines(Words(), scenario, "ensemble"))
    for key in ENSEMBLE.keys:
        if ("drawn in runs" in printed[key]) != (key not in alone):
            yield f"{scenario!r}: --cfg says of {key}: {printed[key]}"
        if float(printed[key].split("#")[0]) != flat_of(scenario)[key]:
            yield f"{scenario!r}: --cfg has {key} = {printed[key]}"


@pytest.mark.slow
def test_the_engine_gets_what_was_set_and_draws_the_rest_for_every_package_and_site() -> None:
    every = [("site=orebro", f"programme={name}") for name in options("programme")]
    every += [(f"site={name}", "programme=sanctions_only", "gates.defiance=0.1") for name in options("site")]
    every += [("site=uppsala", "structure=shared_shocks"), ("site=uppsala", "calendar=flat", "belief.credibility=0.4")]
    wrong: list[str] = []
    for words in every:
        scenario = load_scenario(*words)
        alone = {word.split("=")[0] for word in words} | set(set_by_files(scenario.choices))
        wrong += printed_wrongly(scenario, alone)
        for usual in (business_as_usual(scenario), scenario.replace("programme.enabled=false")):
            plan = plan_of(Arm("base", usual), Arm("scenario", scenario, baseline=0))
            for arm, draws in zip(plan.arms, plan.drawn, strict=True):
                assert draws is not None
                drawn = Drawn(draws.ensemble, np.ones((len(ENSEMBLE), 1, 2)))
                wrong += complaints(arm.scenario, drawn, alone)
            if len({draws and draws.keys for draws in plan.drawn}) > 1:
                wrong.append(f"{words}: the two arms draw other keys")
    assert not wrong, "\n".join(wrong[:20])


def test_a_file_that_sets_a_key_stays_set_however_the_scenario_comes() -> None:
    only = load_scenario("programme=support_only", "site=malmo")
    edited = yaml.safe_load(load_scenario("site=malmo").to_yaml())
    edited["gates"]["norm_strength"] = 0.11  # by hand, in a stored scenario
    ways = {
        "replace": load_scenario("site=malmo").replace("programme=support_only"),
        "yaml": Scenario.from_yaml(only.to_yaml()),
        "dict, replaced": Scenario.from_dict(only.to_dict()).replace("years=3"),
        "without a programme": only.replace("programme.enabled=false"),
        "a site of a roll-out": load_scenario({"sites": {"malmo": {"programme": "support_only"}, "orebro": {}}}),
    }
    wrong = [name for name, made in ways.items() if "belief.message_reach" not in made.fixed]
    assert not wrong and "gates.norm_strength" in Scenario.from_dict(edited).fixed
    assert "belief.message_reach" not in only.replace("programme=gvi").fixed
    assert not set(load_scenario("site=malmo").fixed) & set(ENSEMBLE.keys)


def test_a_cells_choices_are_its_own() -> None:
    design = design_from(["programme=gvi,support_only,sanctions_only", "gates.defiance=0.1,0.6", "site=orebro"])
    base = base_scenario(design)
    plan = plan_of(*with_baselines(cell_arms(design, base), base))
    used = {arm.baseline for arm in plan.arms}
    for number, (arm, draws) in enumerate(zip(plan.arms, plan.drawn, strict=True)):
        assert draws is not None and (number not in used or "gates.defiance" not in draws.keys)
        if arm.baseline is not None:
            alone = set(ENSEMBLE.keys) - set(draws.keys) - {"gates.defiance"}
            package = arm.scenario.choices["programme"]
            own = {"gvi": set(), "support_only": {"belief.message_reach"}, "sanctions_only": {"gates.norm_strength"}}
            assert alone == own[package], arm.label


def test_a_value_that_was_calibrated_replaces_the_starting_value_of_the_structure(tmp_path: Path) -> None:
    keys, draws = ("calendar.shared_shock_sd", "calendar.cap"), np.array([[0.1, 3.0], [0.3, 3.0]])
    made = load_scenario("site=malmo", "structure=shared_shocks")
    about = {"scenario": made.to_dict()}
    write_ensemble(tmp_path / "e", StoredEnsemble("e", keys, draws, np.full(2, 0.5), about))
    asked = (("structure=shared_shocks",), ("structure=shared_shocks", "calendar.cap=3"), ("structure=withdrawal",))
    drawn = [chosen_parameters(tmp_path / "e", [Arm("", load_scenario("site=malmo", *words))]) for words in asked]
    assert [None if one is None else one.keys for one in drawn] == [keys, keys[:1], keys[1:]]
