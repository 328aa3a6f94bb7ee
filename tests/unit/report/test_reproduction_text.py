"""Why a figure fails: numbers of the model in a reason come from the runs it stands beside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from gvi_sim.analysis.estimand import Measured
from gvi_sim.experiment.reproduction import PLACEHOLDER, VALUE, Reproduction, load_reproduction, reproduction_names
from gvi_sim.experiment.reproduction_run import Reproduced, from_recorded
from gvi_sim.language.catalogue import LANGUAGES, Words, swedish
from gvi_sim.report.text.reproduction_text import figure_name, why_failed

NUMBER_OR_NAME = re.compile(r"\{[^{}]*\}|\d+")


def reasons() -> Iterator[tuple[Reproduction, str, str, str]]:
    """Every reproduction, figure and language with its reason as it is written."""
    for name in reproduction_names():
        made = load_reproduction(name)
        for figure in made.figures:
            if figure.why:
                yield made, figure.name, "en", figure.why
                yield made, figure.name, "sv", swedish()["whys"][f"{name}.{figure.name}"]


def test_a_number_beside_a_figure_is_the_models() -> None:
    complaints = []
    for made, at, lang, why in reasons():
        names = {figure_name(Words(lang), figure): figure.name for figure in made.figures}
        complaints += [
            (made.name, at, lang, f"({name})") for name in names if re.search(rf"\({re.escape(name)}\b", why)
        ]
        for beside in re.finditer(r"\((\{\w+\})", why):
            said = [found for found in NUMBER_OR_NAME.findall(why[: beside.start()]) if re.search(r"^\d|\.", found)]
            if said[-1:] != [beside[1].replace("}", VALUE + "}")]:
                complaints.append((made.name, at, lang, beside[1]))
    assert complaints == []


def test_a_reason_names_the_same_figures_in_both_languages() -> None:
    named: dict[tuple[str, str], list[list[str]]] = {}
    for made, at, _, why in reasons():
        own = {place for figure in made.figures for place in (figure.name, figure.name + VALUE)}
        assert set(PLACEHOLDER.findall(why)) <= own, (made.name, at)
        named.setdefault((made.name, at), []).append(sorted(PLACEHOLDER.findall(why)))
    assert [key for key, (english, swedes) in named.items() if english != swedes] == []
    assert sum(map(len, (english for english, _ in named.values()))) > 40


def made_of(why: str) -> Reproduced:
    """One figure of Malmö that fails at -1234.5 for this reason."""
    made = from_recorded(load_reproduction("malmo_rollout"))
    (level,) = (outcome for outcome in made.outcomes if outcome.figure.name == "level")
    # a name of its own, so that no Swedish reason is found in its stead
    figure = replace(level.figure, name="no_wave", why=why)
    return replace(made, outcomes=(replace(level, figure=figure, found=Measured(-1234.5, 0.1, 200)),))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_places_are_filled_in_the_readers_language_and_other_braces_stay(lang: str) -> None:
    made = made_of("{no_wave}: {no_wave.value}. {no_wave.__class__} {0} {} {no_wave!r} {lev {no_wave")
    ((name, why),) = why_failed(Words(lang), made)
    number = {"en": "\u22121,234", "sv": "\u22121\u202f234"}[lang]
    assert (name, why) == (
        "no wave",
        f"no wave: {number}. {{no_wave.__class__}} {{0}} {{}} {{no_wave!r}} {{lev {{no_wave",
    )


def test_a_shipped_reason_follows_the_run() -> None:
    made = from_recorded(load_reproduction("sanction_capacity"))
    moved = tuple(
        replace(one, found=Measured(0.4567, 0.1, 60)) if one.figure.name == "few_fades_every" else one
        for one in made.outcomes
    )
    told = {lang: dict(why_failed(Words(lang), replace(made, outcomes=moved))) for lang in LANGUAGES}
    assert "0.46 (few fades every)" in told["en"]["few fades"]
    assert "0,46 (få, avtar, varje dåd)" in told["sv"]["få, avtar"]
