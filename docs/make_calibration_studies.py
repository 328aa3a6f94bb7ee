"""Run a study of the calibration and store it: ``python docs/make_calibration_studies.py NAME [WORKERS]``.

NAME is city or malmo (a bank, 60 truths recovered, shared shocks, towns of another simulator), falls, ranks, sizes or
constants; together an hour.
The stored results are what docs/calibration.md shows; a slow test runs them again. NAME page writes the page.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from benchmarks.makers import calibration_studies as studies
from benchmarks.makers import swing_study
from benchmarks.makers.calibration_studies import Ready
from benchmarks.makers.shared_shocks import shock_study, shock_table
from gvi_sim.config import load_scenario
from gvi_sim.execution.planning.machine import code_digest
from gvi_sim.report.drawing import style

FOLDER = Path(__file__).with_name("studies")
PAGE = Path(__file__).with_name("calibration.md")
PROSE = FOLDER / "calibration_prose.md"
IMAGE = Path(__file__).with_name("images") / "calibration_recovery.svg"
CITY, SURFACE_SEED, POINTS_SEED, CITY_SEED = ("site=us_midsize",), 5, 1, 9
TOWN, TOWN_SEED = ("site=malmo",), 17
CONSTANTS_SEED = 11
SIZES = ((4, 4, 3), (4, 4, 6), (4, 4, 12), (4, 4, 24), (8, 8, 6), (16, 16, 6))
"""Groups, areas and years of places that are like Malmö but for their size."""
SIZES_SEED = 23
SMALL, SMALL_SEED = ("site=upplands_bro", "site.attacks_per_year=30", "calendar=flat"), 12


def city(workers: int = 1, points: int = 4000) -> Ready:
    """A bank of a city of 69 groups, 12 districts and about 2,000 attacks in 8 years."""
    setting = studies.world(*CITY, years=8, areas=12, seed=SURFACE_SEED, workers=workers, harm=True)
    return studies.prepared(setting, points, seed=CITY_SEED, points_seed=POINTS_SEED, workers=workers)


def town(workers: int = 1, points: int = 8000) -> Ready:
    """A bank of Malmö: 4 groups, 4 areas, about 800 attacks in 6 years, and as many points as the command takes."""
    setting = studies.world(*TOWN, years=6, areas=4, seed=TOWN_SEED, workers=workers, harm=True)
    return studies.prepared(setting, points, seed=TOWN_SEED, workers=workers)


def sizes(workers: int = 1, points: int = 4000, truths: int = 300) -> pd.DataFrame:
    """How well n is found by how large a place is and for how many years it was recorded, a row a size."""
    return pd.DataFrame([_size(*size, points=points, truths=truths, workers=workers) for size in SIZES])


def _size(groups: int, areas: int, years: int, *, points: int, truths: int, workers: int) -> dict[str, float]:
    site = load_scenario(*TOWN).site
    times = groups / site.groups
    words = f"site.groups={groups}", f"site.members={round(site.members * times)}"
    level = f"site.attacks_per_year={site.attacks_per_year * times}"
    setting = studies.world(*TOWN, *words, level, years=years, areas=areas, seed=SIZES_SEED, workers=workers, harm=True)
    ready = studies.prepared(setting, points, seed=SIZES_SEED, workers=workers)
    found = studies.reach_row(recovery(ready, workers, truths))
    attacks = round(setting.base.site.attacks_per_year * years)
    return {"groups": groups, "areas": areas, "years": years, "attacks": attacks, **found}


WORLDS = {"city": city, "malmo": town}
CALLED = {"city": "the city", "malmo": "Malmö"}


def recovery(ready: Ready, workers: int = 1, truths: int = 60) -> pd.DataFrame:
    """Known truths drawn from the prior, everything free at once."""
    return studies.recovery_study(ready, truths=truths, workers=workers)


def shocks(ready: Ready, workers: int = 1, each: int = 20) -> pd.DataFrame:
    """Shared shocks of five spreads with no retaliation at all, and with a strong one."""
    return shock_study(ready, each=each, workers=workers)


def falls(workers: int = 1, points: int = 8000, truths: int = 200) -> pd.DataFrame:
    """Towns of another simulator whose level falls to 0.3 in the three years of the record, counted as a whole."""
    setting = studies.world(*TOWN, years=3, areas=1, seed=TOWN_SEED, workers=workers)
    return swing_study.falls_study(studies.prepared(setting, points, seed=TOWN_SEED, workers=workers), truths=truths)


def constants(workers: int = 1, truths: int = 14) -> pd.DataFrame:
    """The surface of reference constants against the engine's own pilots, at points of the same city."""
    setting = studies.world(*CITY, years=8, areas=12, seed=CONSTANTS_SEED, workers=workers)
    return studies.constants_study(setting, truths=truths, seed=CONSTANTS_SEED)


def ranks(workers: int = 1, points: int = 12_000, truths: int = 500) -> pd.DataFrame:
    """Draws in a small world: 3 groups, 2 years, about 60 attacks."""
    setting = studies.world(*SMALL, years=2, areas=3, seed=SMALL_SEED, workers=workers)
    ready = studies.prepared(setting, points, seed=SMALL_SEED, workers=workers)
    return studies.rank_study(ready, truths=truths, workers=workers)


def claims(ready: Ready, each: int = 100) -> pd.DataFrame:
    """Towns of another simulator with slow swings, without retaliation, with a little and with much."""
    return swing_study.claims_study(ready.without_harm(), each=each)


def towns(ready: Ready, truths: int = 60) -> pd.DataFrame:
    """Known truths drawn from the prior, recorded by another simulator."""
    return swing_study.towns_study(ready.without_harm(), truths=truths)


def as_table(frame: pd.DataFrame) -> str:
    """A frame as a Markdown table."""
    rows = [[f"{v:.3g}" if isinstance(v, float) else str(v) for v in row] for row in frame.itertuples(index=False)]
    head = [name.replace("_", " ") for name in frame.columns]
    return "\n".join(["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)])


def surface_words(rows: pd.DataFrame) -> str:
    """What the constants study found, in a sentence."""
    found = rows[rows["n"] > LEAST_N].dropna()
    worst = found[["background", "offspring"]].abs().max()
    typical = found[["background", "offspring"]].abs().median()
    lost = f"at {rows.isna().any(axis=1).sum()} of {len(rows)} those found no fixed point"
    return (
        f"At {len(found)} points of the city below with n above {LEAST_N:g} the surface lies within "
        f"{worst['background']:.1%} (median {typical['background']:.1%}) of the engine's own long pilots for the "
        f"background and within {worst['offspring']:.1%} (median {typical['offspring']:.1%}) for offspring; {lost}."
    )


def stored_rows(study: str) -> pd.DataFrame:
    """The stored rows of a study in every world, with its name."""
    parts = [pd.read_csv(FOLDER / f"{study}_{name}.csv").assign(world=CALLED[name]) for name in WORLDS]
    return pd.concat(parts, ignore_index=True)


def both_words(world: str) -> str:
    """How well n is found in records of either simulator, and in both together, in a sentence."""
    own, other = (pd.read_csv(FOLDER / f"{study}_{world}.csv") for study in ("recovery", "towns"))
    parts = {"its own": own, "the other's": other, "both together": pd.concat([own, other])}
    told = []
    for name, rows in parts.items():
        n = rows[rows["parameter"] == "n"]
        miss, inside = n["middle"] - n["truth"], (n["low"] <= n["truth"]) & (n["truth"] <= n["high"])
        error = f"median error {miss.abs().median():.3f}, bias {miss.mean():+.3f}"
        told.append(f"{name}: {error}, {inside.sum()} of {len(n)} covered")
    return "; ".join(told)


def falls_words(rows: pd.DataFrame) -> str:
    """How often the trend of a falling town lies in its interval."""
    inside = (rows["low"] <= rows["truth"]) & (rows["truth"] <= rows["high"])
    return f"{inside.sum()} of {len(rows)} intervals hold the trend ({rows['truth'].iloc[0]:.2f} a year)"


def claims_words(rows: pd.DataFrame) -> str:
    """How often retaliation was claimed, by world, without any and with a strong one."""
    table = shock_table(rows).groupby(["world", "true_n"], sort=False)[["claim_retaliation", "records"]].sum()
    return "Retaliation was claimed in " + "; ".join(
        f"{claims} of {records} records of {world} with n = {n:g}" for (world, n), (claims, records) in table.iterrows()
    )


LEAST_N = 0.05
"""Below this n hardly anything depends on the constant of offspring."""
ASKED = 0.08
"""The median error of n that is asked for."""


def sizes_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The stored sizes as the page shows them."""
    spans = [f"{row.median_error:.3f} ({row.error_low:.3f} to {row.error_high:.3f})" for row in rows.itertuples()]
    table = rows[["groups", "areas", "years", "attacks"]].assign(median_error=spans)
    return table.assign(covered=rows["covered"].map("{:.0%}".format), mean_width=rows["mean_width"])


def enough_words(rows: pd.DataFrame) -> str:
    """Which of the sizes meet what is asked for with their whole interval."""
    clear = rows[rows["error_high"] <= ASKED]
    if clear.empty:
        return f"None of these lies below {ASKED:g} with its whole interval."
    told = [f"{row.groups} groups in {row.years} years" for row in clear.itertuples()]
    return f"Below {ASKED:g} with the whole interval: {'; '.join(told)}."


def code_words() -> str:
    """Which code the stored studies were made with."""
    made = pd.read_csv(FOLDER / "made_with.csv", index_col="study")["code"]
    told = "; ".join(f"`{code}` ({', '.join(part.index)})" for code, part in made.groupby(made))
    return f"Made with the code that decides events: {told}."


def render() -> str:
    """The page: prose with the stored results in their places."""
    shown = {f"recovery {name}": as_table(recovered(name)) for name in WORLDS}
    shown |= {f"towns {name}": both_words(name) for name in WORLDS}
    shown |= {
        "swings": as_table(swing_study.claims_table(stored_rows("claims"))),
        "falls": falls_words(pd.read_csv(FOLDER / "falls.csv")),
        "constants": surface_words(pd.read_csv(FOLDER / "constants.csv")),
        "ranks": as_table(studies.rank_table(pd.read_csv(FOLDER / "ranks.csv"))),
        "sizes": as_table(sizes_table(pd.read_csv(FOLDER / "sizes.csv"))),
        "enough": enough_words(pd.read_csv(FOLDER / "sizes.csv")),
        "shocks": as_table(shock_table(stored_rows("shocks"))),
        "claims": f"{claims_words(stored_rows('shocks'))}.",
        "code": code_words(),
    }
    text = PROSE.read_text(encoding="utf-8")
    for name, found in shown.items():
        text = text.replace(f"<!-- {name} -->", found)
    return text


def recovered(world: str) -> pd.DataFrame:
    """The stored recovery of a world, a row a parameter."""
    return studies.recovery_table(pd.read_csv(FOLDER / f"recovery_{world}.csv"))


def recovery_figure(rows: pd.DataFrame) -> bytes:
    """Truth against estimate of n and of the spread of shared shocks, with 90 % intervals."""
    pairs = (("n", "n"), ("calendar.shared_shock_sd", "spread of shared shocks"))
    table = studies.recovery_table(rows).set_index("parameter")
    n = table.loc["n"]
    held = f"{n['covered']:.0f} of {n['truths']:.0f} intervals hold it"
    title = f"Half the estimates of n lie within {n['median_error']:.3f}; {held}"
    about = "60 known truths, 69 groups in 12 districts, 8 years; bars are 90 % intervals, the line is the truth"
    frame = style.Frame(title, about, "docs/studies/recovery_city.csv", "SYNTHETIC PERSONS")
    with style.styled():
        room = style.Margins(left=0.7, top=1.15)
        figure, axes = style.canvas(4.7, room, columns=2, gap=0.75)
        for place, (name, words) in zip(axes, pairs, strict=True):
            part = rows[rows["parameter"] == name]
            reach = [part["middle"] - part["low"], part["high"] - part["middle"]]
            colours = {"color": style.SCENARIO, "ecolor": style.BASE}
            place.errorbar(
                part["truth"], part["middle"], yerr=reach, fmt="o", markersize=3.5, elinewidth=0.8, **colours
            )
            place.plot([0, part["truth"].max()], [0, part["truth"].max()], color=style.ACCENT, linewidth=1.2)
            place.set_xlabel(f"{words}, in truth")
            place.set_ylabel("estimate")
            style.quiet(place, "both")
        style.dress(figure, axes[0], frame)
    return style.as_svg(figure)


def main(which: str, workers: int) -> None:
    """Run one study and store its rows."""
    FOLDER.mkdir(exist_ok=True)
    if which == "page":
        PAGE.write_text(render(), encoding="utf-8")
        IMAGE.write_bytes(recovery_figure(pd.read_csv(FOLDER / "recovery_city.csv")))
    elif which in WORLDS:
        ready = WORLDS[which](workers)
        store(recovery(ready, workers), f"recovery_{which}")
        store(shocks(ready, workers), f"shocks_{which}")
        store(claims(ready), f"claims_{which}")
        store(towns(ready), f"towns_{which}")
    else:
        store({"ranks": ranks, "constants": constants, "sizes": sizes, "falls": falls}[which](workers), which)


def store(rows: pd.DataFrame, name: str) -> None:
    """Rows of a study as a CSV, and the code that they were made with."""
    rows.round(4).to_csv(FOLDER / f"{name}.csv", index=False)
    listed = FOLDER / "made_with.csv"
    made = pd.read_csv(listed, index_col="study")["code"].to_dict() if listed.exists() else {}
    made = dict(sorted({**made, name: code_digest()[:12]}.items()))
    listed.write_text("study,code\n" + "".join(f"{study},{code}\n" for study, code in made.items()), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1)
