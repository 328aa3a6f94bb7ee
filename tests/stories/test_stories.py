"""Runs the stories of this folder: a scenario, perhaps another one to hold it against, and what must be true.

A story has ``story`` (the sentence), ``given`` (overrides), perhaps ``against`` (overrides on top of these,
for a second run with the same seed) and ``then`` (facts by name). Each is told with several seeds.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from gvi_sim.config import Scenario, load_scenario

from .facts import COMPARISONS, FACTS, Told, tell

SEEDS = (1, 2, 3)
# A fact that something happens must hold for some seed, one that rules something out for each of them.
SOME = {
    "attacks happen", "sanctions run", "promises are kept", "contacts are made", "offers are made",
    "somebody waits", "stand-ins shoot", "somebody shoots while in support", "somebody is prevented",
    "false names are contacted", "something differs", "some group is never listed",
}  # fmt: skip
STORIES: list[dict[str, Any]] = [
    story for path in sorted(Path(__file__).parent.glob("*.yaml")) for story in yaml.safe_load(path.read_text("utf-8"))
]


@cache
def _usual() -> Scenario:
    words = (
        "site=huddinge",
        "programme=gvi",
        "calendar=flat",
        "years=2",
        "burn_in_years=1",
        "start_date=2022-01-01",
    )
    return load_scenario(*words, "programme.start_date=2022-03-01", "site.attacks_per_year=40")


def _word(fact: str) -> str:
    return fact.replace("-", " ")


def holds(fact: str, told: Told, other: Told | None) -> bool:
    """Whether a fact is true of a run, or of two."""
    if _word(fact) in FACTS:
        return FACTS[_word(fact)](told)
    assert other is not None, f"{fact!r} needs 'against'"
    return COMPARISONS[_word(fact)](told, other)


@pytest.mark.parametrize("story", STORIES, ids=[story["story"] for story in STORIES])
def test_story(story: dict[str, Any]) -> None:
    given = story["given"]
    scenario = _usual().replace(given)
    against = _usual().replace(given | story["against"]) if "against" in story else None
    pairs = [(tell(scenario, seed), None if against is None else tell(against, seed)) for seed in SEEDS]
    for fact in story["then"]:
        found = [holds(fact, told, other) for told, other in pairs]
        assert any(found) if fact in SOME else all(found), f"{story['story']}: {fact} is {found} for seeds {SEEDS}"


def test_stories_are_written_as_they_should_be() -> None:
    """Each has a sentence of its own and known facts only, and every fact is used."""
    assert len({story["story"] for story in STORIES}) == len(STORIES) >= 25
    used = {_word(fact) for story in STORIES for fact in story["then"]}
    assert used == set(FACTS) | set(COMPARISONS)
    assert all(set(story) <= {"story", "given", "against", "then"} for story in STORIES)
    assert {_word(fact) for fact in SOME} <= used


def test_a_story_that_is_false_fails() -> None:
    with pytest.raises(AssertionError, match="no attacks"):
        test_story({"story": "there is no violence", "given": {}, "then": ["no attacks"]})
