"""Make ``effect_bank.npz``: many paired runs of every draw of the packaged ensemble, for tests of intervals.

Run it by hand (about three minutes): python tests/unit/analysis/make_effect_bank.py. The file holds, of the default
programme in Huddinge, [draws, pairs, arms] of shootings over ten years and of deaths in year ``YEAR``, as they came;
and the true ratios [draws] of all pairs, those of deaths from all persons hit in that year, which are what deaths are
drawn from and seven times as many.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gvi_sim import compare, load_scenario
from gvi_sim.analysis.measures.yearly import YEARLY, yearly
from gvi_sim.execution.amounts.totals import COLUMNS

FILE = Path(__file__).with_name("effect_bank.npz")
YEAR, SEEDS, RUNS = 6, range(100, 108), 20


def main() -> None:
    """Run and write."""
    scenario = load_scenario("site=huddinge")
    shootings, deaths, hit = [], [], []
    for seed in SEEDS:
        effect = compare(scenario.replace("programme.enabled=false"), scenario, replicates=100 * RUNS, seed=seed)
        order = np.argsort(effect.draws, kind="stable").reshape(100, RUNS)
        arms = (effect.base, effect.scenario)
        shootings.append(np.stack([arm.values[:, COLUMNS.index("shootings")][order] for arm in arms], axis=-1))
        years = [yearly(arm)[:, YEAR - 1] for arm in arms]
        for found, name in ((deaths, "persons_killed"), (hit, "persons_hit")):
            found.append(np.stack([year[:, YEARLY.index(name)][order] for year in years], axis=-1))
    made = {"shootings": np.concatenate(shootings, axis=1), "deaths": np.concatenate(deaths, axis=1)}
    truths = {"shootings": made["shootings"], "deaths": np.concatenate(hit, axis=1)}
    np.savez_compressed(
        FILE,
        **{name: values.astype(np.uint16) for name, values in made.items()},
        **{f"true_{name}": (v[..., 1].sum(axis=1) / v[..., 0].sum(axis=1)) for name, v in truths.items()},
    )


if __name__ == "__main__":
    main()
