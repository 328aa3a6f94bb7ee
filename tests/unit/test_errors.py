"""The exception tree, exit codes, and the nearest key."""

from __future__ import annotations

import copy
import random
import string

import pytest

from gvi_sim import errors
from gvi_sim.config import leaves
from gvi_sim.errors import GviError, ScenarioError, nearest, nearest_hint

EXIT_CODES = {
    "ScenarioError": 2,
    "EvidenceError": 2,
    "ResourceError": 2,
    "PairingError": 2,
    "StoreError": 1,
    "EngineError": 1,
}


@pytest.mark.parametrize(("name", "code"), EXIT_CODES.items())
def test_every_error_is_a_gvi_error_with_an_exit_code(name: str, code: int) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, GviError)
    assert kind.exit_code == code
    assert name in (errors.__doc__ or "")


def test_the_tree_in_the_docstring_names_every_exception() -> None:
    found = {name for name in errors.__all__ if name.endswith("Error")}
    assert found == {*EXIT_CODES, "GviError"}


def test_a_scenario_error_keeps_key_and_rule_when_copied_between_processes() -> None:
    error = ScenarioError("years = -1 is wrong", key="years", rule="out-of-range")
    twin = copy.copy(error)
    assert (str(twin), twin.key, twin.rule) == ("years = -1 is wrong", "years", "out-of-range")


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("programme.sanction_certanty", "programme.sanction_certainty"),
        ("sanction_certainty", "programme.sanction_certainty"),
        ("sanctioncertainty", "programme.sanction_certainty"),
        ("attacks.kappa_retalliation", "attacks.kappa_retaliation"),
        ("Exit.Offer_Rate", "exit.offer_rate"),
        ("delay.first_day", "justice.delay.first_days"),
        ("year", "years"),
    ],
)
def test_the_nearest_key(word: str, found: str) -> None:
    assert nearest(word, leaves()) == [found]


def test_nothing_near_gives_no_hint() -> None:
    assert nearest_hint("zzzzqqqq", leaves()) == ""
    assert nearest_hint("yearz", ["years"]) == " Nearest: years."


def test_of_five_hundred_misspellings_the_right_key_comes_first_in_98_percent() -> None:
    draw = random.Random(1)
    keys = list(leaves())
    right = 0
    for _ in range(500):
        key = draw.choice(keys)
        word = misspelt(key, draw)
        right += word == key or nearest(word, keys) == [key]
    assert right >= 490


def misspelt(key: str, draw: random.Random) -> str:
    """One or two edits: a letter dropped, doubled, replaced or swapped with the next."""
    for _ in range(draw.choice([1, 2])):
        at = draw.randrange(len(key) - 1)
        letter = draw.choice(string.ascii_lowercase)
        key = draw.choice(
            [
                key[:at] + key[at + 1 :],
                key[:at] + letter + key[at:],
                key[:at] + letter + key[at + 1 :],
                key[:at] + key[at + 1] + key[at] + key[at + 2 :],
            ]
        )
    return key
