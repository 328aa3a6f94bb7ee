"""Make ``dynamics/constants.json``: the reference constants of every packaged site and programme, by their pilots.

Run it by hand after a change of the rules (raise ``EDITION``), of the packaged ensemble or of a site's facts; it takes
some minutes a site and keeps what it finds in the cache, so it may be stopped and begun again:

    python -m benchmarks.makers.constants_file

Each entry also holds a witness: what one small pilot finds from those constants. A test runs the witnesses anew, which
takes seconds and gives other numbers once the rules have changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from gvi_sim.config import Scenario, load_scenario
from gvi_sim.config.conf_files import options
from gvi_sim.config.other_values import with_values
from gvi_sim.config.programme_only import acts_in_business_as_usual
from gvi_sim.dynamics.reference import pilot_pass, pilot_scenario
from gvi_sim.dynamics.shipped import EDITION, FILE, key_of, seal, without_shipped
from gvi_sim.execution.ensembles.ensemble import StoredEnsemble
from gvi_sim.execution.ensembles.packaged import packaged_ensemble
from gvi_sim.execution.ensembles.reference_surface import pairs_of
from gvi_sim.world.builder import Reference

WITNESS = 100.0
"""Groups in all the worlds of a witness, and attacks at the least."""


def packaged_words() -> list[str]:
    """The words that choose every packaged site, and every packaged programme in the default site."""
    return [f"{group}={name}" for group in ("site", "programme") for name in options(group)]


def acting(scenario: Scenario) -> StoredEnsemble | None:
    """What the packaged ensemble draws for a scenario, of what acts in business as usual."""
    ensemble = packaged_ensemble()
    return ensemble.without(
        [key for key in ensemble.keys if key in scenario.fixed or not acts_in_business_as_usual(key)]
    )


def constant_entries(scenario: Scenario) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries of one scenario by key: at point values, and with the packaged draws."""
    pilot, drawn = pilot_scenario(scenario), acting(scenario)
    for ensemble, draws in ((None, ""), *([(drawn, drawn.sha256)] if drawn else [])):
        pairs, error = pairs_of(scenario, ensemble)
        yield key_of(pilot, draws), {"error": error, "pairs": pairs, "witness": witness(scenario, ensemble, pairs)}


def witness(scenario: Scenario, drawn: StoredEnsemble | None, pairs: Sequence[Sequence[float]]) -> list[float]:
    """What a small pilot finds, to the last bit, at the draw that needs most candidates: gates work hardest there."""
    draw = max(range(len(pairs)), key=lambda each: pairs[each][0])
    there = scenario if drawn is None else with_values(scenario, drawn.overrides(draw))
    found = pilot_pass(pilot_scenario(there), Reference(*pairs[draw]), WITNESS, WITNESS)
    return [found.background, found.offspring]


def made(words: str) -> dict[str, dict[str, Any]]:
    """The entries of the scenario that ``words`` choose, by pilots."""
    with without_shipped():
        found = dict(constant_entries(load_scenario(words)))
    print(words, *found, flush=True)
    return {key: {"of": words} | entry for key, entry in found.items()}


def main() -> None:
    """Find them, two sites at a time, and write the file."""
    constants: dict[str, Any] = {}
    with ProcessPoolExecutor(2) as pool:
        for found in pool.map(made, packaged_words()):
            constants |= {key: entry for key, entry in found.items() if key not in constants}
    lines = ",\n".join(f"{json.dumps(key)}: {json.dumps(entry)}" for key, entry in constants.items())
    head = f'"edition": {EDITION},\n"sha256": "{seal(constants)}"'
    FILE.write_text(f'{{\n{head},\n"constants": {{\n{lines}\n}}\n}}\n', encoding="utf-8")


if __name__ == "__main__":
    main()
