"""D1, D2: one hash a scenario, whatever the workers, their start, the order, the interpreter or the place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conditions import PROCESSORS, Condition, full_matrix, short_matrix

Hashes = dict[str, dict[str, str]]


def differences(condition: Condition, found: Hashes, plain: Hashes, kinds: tuple[str, ...]) -> list[str]:
    return [
        f"{condition.label}: {name} has other {kind}"
        for name in condition.names
        for kind in kinds
        if found[name][kind] != plain[name][kind]
    ]


@pytest.mark.parametrize(
    "condition",
    [
        pytest.param(condition, id=condition.label, marks=pytest.mark.slow if number else ())
        for number, condition in enumerate(reversed(short_matrix()))
    ],
)
def test_nothing_changes_a_byte(condition: Condition, plain: Hashes, tmp_path: Path) -> None:
    found = condition.run(tmp_path)
    assert found["about"]["locale"].startswith((condition.env["LC_ALL"], "C, since"))
    assert not differences(condition, found, plain, ("events", "bytes", "constants"))


@pytest.mark.slow
def test_nothing_at_all_changes_a_byte(plain: Hashes, tmp_path: Path) -> None:
    """The whole matrix, told together: one hash a scenario over more than forty ways to run it."""
    conditions = full_matrix()
    assert len(conditions) >= 40 and len({condition.label for condition in conditions}) == len(conditions)
    found: list[str] = []
    for condition in conditions:
        answer = condition.run(tmp_path / condition.label.replace("/", " "))
        found += differences(condition, answer, plain, ("events", "bytes", "constants"))
    assert not found, "\n".join(found)


def listed_pythons() -> list[str]:
    return [path for path in os.environ.get("GVI_SIM_PYTHONS", "").split(os.pathsep) if path]


def test_other_interpreters_make_the_same_bytes(plain: Hashes, tmp_path: Path, takes_part) -> None:
    """Those in GVI_SIM_PYTHONS, each with the locked libraries; one that does not work fails the test."""
    takes_part.__self__.clear()
    found: list[str] = []
    for number, python in enumerate(listed_pythons()):
        condition = Condition(f"interpreter {number}", python=python, workers=1 + number % 2)
        answer = condition.run(tmp_path / str(number))
        takes_part(answer["about"]["python"])
        assert answer["about"]["numpy"] == plain["about"]["numpy"], f"{python} has another numpy"
        found += differences(condition, answer, plain, ("events", "bytes", "constants"))
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("condition", PROCESSORS, ids=lambda condition: condition.label)
def test_other_processors_make_the_same_bytes(condition: Condition, plain: Hashes, tmp_path: Path) -> None:
    found = condition.run(tmp_path)
    assert not differences(condition, found, plain, ("events", "bytes", "constants"))
