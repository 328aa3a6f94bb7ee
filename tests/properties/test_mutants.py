"""Mutants of the dynamics do not live."""

from __future__ import annotations

import multiprocessing
from collections import Counter

import pytest

from . import mutants

SEED, WANTED, LEAST = 1, 200, 0.80


def _sound(pipe: object) -> None:
    pipe.send([mutants.outcome(number) for number in range(len(mutants.SCENARIOS))])  # type: ignore[attr-defined]


def sound() -> list[str]:
    """Events of the sound code, made in a process of its own so that no mutant finds the twin imported."""
    mine, theirs = multiprocessing.get_context("fork").Pipe(False)
    process = multiprocessing.get_context("fork").Process(target=_sound, args=(theirs,))
    process.start()
    made = mine.recv()
    process.join()
    assert not any(complaints for complaints, _ in made)
    return [events for _, events in made]


@pytest.mark.slow
def test_mutants_are_killed() -> None:
    events = sound()
    assert mutants.killer(None, events) == ""
    found = {mutant: mutants.killer(mutant, events) for mutant in mutants.drawn(SEED, WANTED)}
    survivors = [f"{m.module}.py:{mutants.changed(m)[1]} ({m.number})" for m, killed in found.items() if not killed]
    print(Counter(killed.split(":")[0] or "alive" for killed in found.values()), *survivors, sep="\n")
    assert len(found) == WANTED and len(survivors) <= (1 - LEAST) * WANTED, "\n".join(survivors)
