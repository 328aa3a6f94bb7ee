"""sources.bib: every cited row is there, nothing is there uncited, every record is complete."""

from __future__ import annotations

import re
from pathlib import Path

from each import each

from gvi_sim import evidence
from gvi_sim.analysis.patterns.validation import PATTERNS
from gvi_sim.evidence import bibliography
from gvi_sim.experiment.reproduction import load_reproduction, reproduction_names

FIGURES = (figure for name in reproduction_names() for figure in load_reproduction(name).figures)
CITED = {key for citing in (*evidence.entries(), *PATTERNS, *FIGURES) for key in citing.sources} - {evidence.ASSUMPTION}
BIB = Path(str(bibliography.__file__)).with_name("sources.bib").read_text("utf-8")


def test_what_is_cited_is_there_and_nothing_else() -> None:
    assert set(evidence.sources()) == CITED


def test_every_record_of_the_file_is_read() -> None:
    assert len(re.findall(r"^@", BIB, re.MULTILINE)) == len(evidence.sources())


def test_braces_balance() -> None:
    assert BIB.count("{") == BIB.count("}")


@each("key", sorted(CITED))
def test_a_record_says_who_what_when_where_and_how_it_was_seen(key: str) -> None:
    found = evidence.source(key)
    assert found.author
    assert found.title
    assert re.fullmatch(r"\d{4}|n\.d\.", found.year)
    assert found.where
    assert re.search(r"[Ss]een|[Rr]ecalled|[Dd]erived|Computed|Transcribed|not read", found.note), found.note
    assert found.reference().startswith(found.author.split(" and ")[0])


def test_a_recalled_figure_is_never_above_grade_c() -> None:
    for entry in evidence.entries():
        rows = [evidence.source(key) for key in entry.sources if key != evidence.ASSUMPTION]
        if rows and entry.grade in ("A", "B"):
            assert any(row.status in ("seen", "secondary", "computed") for row in rows), (entry.key, entry.place)


def test_a_title_that_was_not_seen_is_marked() -> None:
    assert "[Title recalled.]" in evidence.source("CO-06").reference()
    assert "[Our description.]" in evidence.source("S19").reference()
    assert "[" not in evidence.source("SE-18").reference()


def test_recalled_says_so_in_the_note() -> None:
    for source in evidence.sources().values():
        if source.is_recalled:
            assert re.search(r"recalled|not read|not seen|not retrieved", source.note, re.IGNORECASE), source.key
