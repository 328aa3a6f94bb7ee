"""Results of the reference configurations stay where they are unless somebody moves them on purpose."""

from __future__ import annotations

import json
from typing import Any

import pytest

from . import reference, update


@pytest.mark.parametrize("name", reference.CONFIGURATIONS)
def test_results_have_not_moved(name: str) -> None:
    before, after = reference.stored(name), reference.result_of(name)
    lines = reference.table_of(name, before, after)
    if before is not None and before["scenario"] != after["scenario"]:
        print(f"{name}: the digest of the scenario has moved, which is no result: {reference.UPDATE} writes it anew")
    assert not lines, "\n".join(
        [
            "The results of a reference configuration have moved:",
            *lines,
            f"If this is meant, run `{reference.UPDATE}`, read its table, and say in CHANGELOG.md under",
            "Regression what moved and why. If it is not meant, something changed the draws or the model.",
        ]
    )


def test_events_of_further_scenarios_have_not_moved() -> None:
    stored = json.loads((reference.FOLDER / reference.EVENTS).read_text("utf-8"))
    assert {name: reference.events_of(name) for name in reference.MOVES} == stored


def _result(**changes: Any) -> dict[str, Any]:
    means = dict.fromkeys(reference.MEANS, 1.0)
    return {"scenario": "a" * 64, "reference": [[1.0, 1.0]], "events": "b" * 64, "means": means} | changes


def test_the_table_names_what_moved() -> None:
    assert reference.table_of("gvi", _result(), _result()) == []
    moved = _result(events="c" * 64, reference=[[1.0, 1.25]], means=_result()["means"] | {"arrests": 2.0})
    text = "\n".join(reference.table_of("gvi", _result(), moved))
    assert "events" in text and "offspring 0" in text and "+25.00%" in text
    assert "arrests" in text and "+100.00%" in text and "shootings" not in text


def test_update_writes_once_and_check_only_looks(monkeypatch: pytest.MonkeyPatch, tmp_path: Any, capsys: Any) -> None:
    monkeypatch.setattr(reference, "FOLDER", tmp_path)
    monkeypatch.setattr(reference, "CONFIGURATIONS", {"gvi": ()})
    monkeypatch.setattr(reference, "result_of", lambda name: _result())
    assert update.main(["--check"]) == 1
    assert reference.stored("gvi") is None
    assert update.main([]) == 0
    assert "Written" in capsys.readouterr().out
    assert update.main(["--check"]) == 0
    assert "the same" in capsys.readouterr().out
    assert update.main(["--chekc"]) == 2
    monkeypatch.setattr(reference, "result_of", lambda name: _result(events="d" * 64))
    assert update.main(["--check"]) == 1
