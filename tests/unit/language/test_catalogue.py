"""The table of sentences: both languages complete, with the same fields, and honest."""

from __future__ import annotations

import re

import pytest

from gvi_sim import evidence
from gvi_sim.analysis.inference import outcomes
from gvi_sim.config import leaves, options
from gvi_sim.config.levers import levers, parts
from gvi_sim.errors import ScenarioError
from gvi_sim.experiment.reproduction import load_reproduction, reproduction_names
from gvi_sim.language.catalogue import LANGUAGES, TABLE, Words, fields, printable, sentences, swedish

SOURCES = [path for ending in ("py", "j2") for path in sorted(TABLE.parents[1].rglob(f"*.{ending}"))]


def test_a_sentence_is_there_in_every_language_with_the_same_fields() -> None:
    complaints = [
        key
        for key, entry in sentences().items()
        if set(entry) != set(LANGUAGES)
        or not all(isinstance(text, str) and text.strip() for text in entry.values())
        or fields(entry["en"]) != fields(entry["sv"])
    ]
    assert complaints == []


def test_a_subtitle_fits_the_width_of_a_figure() -> None:
    subtitles = [(key, lang, text) for key, entry in sentences().items() if key.endswith(".subtitle")
                 for lang, text in entry.items()]  # fmt: skip
    assert len(subtitles) > 10 and [told for told in subtitles if len(told[2]) > 107] == []


def test_no_key_stands_twice() -> None:
    keys = re.findall(r"^([\w.]+):", TABLE.read_text("utf-8"), re.MULTILINE)
    of_levers = {f"part.{part}" for part in parts()} | {f"key.{key}" for key in levers()}
    assert len(keys) == len(set(keys)) and set(keys).isdisjoint(of_levers)
    assert set(keys) | of_levers == set(sentences()) - {f"key.{key}.unit" for key in levers()}


def test_the_model_says_and_never_foretells() -> None:
    english = " ".join(entry["en"] for entry in sentences().values())
    swedish = " ".join(entry["sv"] for entry in sentences().values())
    assert not re.search(r"\b(will|shall|predicts)\b", english, re.IGNORECASE)
    assert not re.search(r"\b(kommer att|förutsäger)\b", swedish, re.IGNORECASE)


def test_every_outcome_that_is_shown_has_a_name() -> None:
    assert [shown.name for shown in outcomes.SHOWN if not Words("en").has(f"outcome.{shown.name}")] == []


def test_every_key_that_the_code_names_exists() -> None:
    pattern = re.compile(r"""\b(?:words|say|self\.words|self\._words)\(\s*["']([a-z_]+(?:\.[\w]+)+)["']""")
    named = {key for path in SOURCES for key in pattern.findall(path.read_text("utf-8"))}
    assert len(named) > 60
    assert named - set(sentences()) == set()


FAMILIES = (
    "outcome",
    "programme",
    "idle",
    "begins",
    "new_site.ask",
    "new_site.how",
    "grade",
    "certainty.left",
    "doses",
    "need",
    "sweep.answer.axis",
    "sweep.interaction",
    "lines.answer",
    "interaction.answer",
    "key",
    "section",
    "fan.y",
    "contagion",
    "cost",
    "gate",
    "ledger.line",
    "part",
    "term",
    "listed",
    "rests",
    "limits",
    "partner",
    "why",
    "pattern",
    "quantity",
    "unknown",
    "calibrate",
    "structure",
    "level",
    "reproduction",
    "levers",
    "list",
    "evidence",
)


def test_no_sentence_is_left_over() -> None:
    """Keys of these families are put together by name; every other one stands somewhere in the code."""
    code = " ".join(path.read_text("utf-8") for path in SOURCES)
    named = {key for key in sentences() if f'"{key}"' in code or f"'{key}'" in code}
    families = {key for key in sentences() if key.startswith(tuple(f"{name}." for name in (*FAMILIES, "question")))}
    assert set(sentences()) - named - families == set()


def test_every_unit_figure_and_reason_stands_in_swedish_with_the_same_numbers_and_nothing_is_left_over() -> None:
    made = [load_reproduction(name) for name in reproduction_names()]
    figures = [(one, figure) for one in made for figure in one.figures]
    whys = {f"{one.name}.{figure.name}": figure.why for one, figure in figures if figure.why}
    wanted = {
        "units": {
            *map(evidence.unit, evidence.keys()),
            *(figure.unit for _, figure in figures),
            "choice",
        },
        "figures": {figure.name.replace("_", " ") for _, figure in figures},
        "questions": {one.name for one in made},
        "whys": set(whys),
        "values": {domain.name for domain in leaves().values()},
        "choices": {*options("programme"), *options("structure")},
    }
    # A lever may declare its unit in both languages itself.
    own = {evidence.unit(key) for key in evidence.keys() if f"key.{key}.unit" in sentences()}
    wanted["units"] -= own - set(swedish()["units"])
    assert {kind: wanted[kind] ^ set(swedish()[kind]) for kind in wanted} == {kind: set() for kind in wanted}
    for key, english in whys.items():
        text = swedish()["whys"][key]
        assert sorted(numbers_in(english)) == sorted(numbers_in(re.sub(r"(?<=\d),(?=\d)", ".", text))), key


def numbers_in(text: str) -> list[float]:
    """Numbers of a text in digits, those of codes such as EF-18 and of names in brackets left out."""
    whole = re.sub(r"(?<=\d)[, ](?=000)", "", text)
    return [float(found) for found in re.findall(r"(?<![\w.-])-?\d+(?:\.\d+)?", whole)]


def test_lines_of_results_are_found_with_their_fields() -> None:
    written = [*TABLE.parents[1].rglob("*.py"), TABLE.with_name("errors.yaml")]
    code = " ".join(path.read_text("utf-8") for path in written)
    code = re.sub(r'"\s*\n?\s*f?"', "", code)
    for english, text in swedish()["lines"].items():
        assert fields(english) == fields(text), english
        filled = {name: name.upper() for name in fields(english)}
        assert Words("sv").translated("lines", english.format(**filled)) == text.format(**filled)
        assert Words("en").translated("lines", english) == english
        parts = re.split(r"\{\w+\}|, every bit equal|(?<=\)) run again|nothing$|, which may be why", english)
        assert max(parts, key=len).strip(" :") in code, english
    assert Words("sv").translated("lines", "what nobody wrote") == "what nobody wrote"


def test_an_unknown_language_is_refused_with_the_choice() -> None:
    with pytest.raises(ScenarioError, match="en \\(English\\) or sv \\(Swedish\\)"):
        Words("de")


def test_a_number_that_was_written_with_a_point_is_written_anew() -> None:
    assert Words("sv").as_written("0.25") == "0,25"
    assert Words("en").as_written("0.25") == "0.25"
    assert Words("sv").as_written("site.two") == "site.two"


def test_a_name_keeps_its_letters_and_loses_what_cannot_be_printed() -> None:
    assert printable("Åsa \x00\u202e& <b>\n") == "Åsa   & <b> "
    assert printable("å" * 300, 60) == "å" * 59 + "…"


def test_braces_in_a_name_are_text() -> None:
    assert "{evil}" in Words("en")("warning.run", text="{evil}")
