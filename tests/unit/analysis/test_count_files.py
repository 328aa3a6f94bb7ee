"""Count files as people have them: read right, or refused with the line and the remedy; never silently wrong."""

from __future__ import annotations

import os
import socket
import sqlite3
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gvi_sim.analysis.records import notices
from gvi_sim.analysis.records.count_record import Counts, read_counts
from gvi_sim.analysis.records.headings import role_of
from gvi_sim.cli import main
from gvi_sim.errors import ScenarioError
from gvi_sim.language.catalogue import fields

RNG = np.random.default_rng(7)
MONTHS = [f"{2015 + k // 12}-{k % 12 + 1:02d}" for k in range(72)]
CITY = RNG.poisson(31, 72).tolist()
NAMES = ("Norr", "Söder", "Väster", "Öster", "Centrum")
BY_AREA = RNG.poisson((0.4, 0.6, 0.9, 1.2, 8.0), (72, 5))
RATE, AREA_RATE = sum(CITY) / 6, float(BY_AREA.sum()) / 6
WEEKS = [date.fromisocalendar(2015, 1, 1) + timedelta(days=7 * k) for k in range(156)]
WEEKLY = RNG.poisson(7, 156).tolist()
QUIET = RNG.poisson(0.5, 156).tolist()
WEEK_RATE = sum(WEEKLY) / (156 * 7 / 365.25)


def table(heads: str, rows: Iterable[Iterable[object]], sep: str = ",") -> str:
    return "\n".join([heads.replace(",", sep), *(sep.join(map(str, row)) for row in rows), ""])


def monthly(form: Callable[[str], object] = str, heads: str = "period,attacks", counts: list[int] = CITY) -> str:
    return table(heads, ((form(month), count) for month, count in zip(MONTHS, counts, strict=True)))


def weekly(form: Callable[[date], object], heads: str = "period,attacks") -> str:
    return table(heads, ((form(week), count) for week, count in zip(WEEKS, WEEKLY, strict=True)))


def areas(
    cell: Callable[[int], object] = int, *, names: tuple[str, ...] = NAMES, sep: str = ",",
    keep: Callable[[int, int, int], bool] = lambda month, area, count: True, more: Iterable[Iterable[object]] = (),
) -> str:  # fmt: skip
    rows = [
        (MONTHS[m], names[a], cell(int(BY_AREA[m, a])))
        for m, a in product(range(72), range(5))
        if keep(m, a, int(BY_AREA[m, a]))
    ]
    return table("period,area,attacks", [*rows, *more], sep)


def iso(week: date) -> str:
    return "{}-W{:02d}".format(*week.isocalendar())


def first_of(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def last_of(month: str) -> date:
    return (first_of(month) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def with_row(text: str, row: str) -> str:
    return f"{text}{row}\n"


def replaced(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


YTD = [sum(CITY[k - k % 12 : k + 1]) for k in range(72)]
DRIFT = [(MONTHS[m], NAMES[a].upper() if m < 36 else NAMES[a], BY_AREA[m, a]) for m, a in product(range(72), range(5))]
SPLIT = [
    (MONTHS[m], "Centrun" if (m, a) == (30, 4) else NAMES[a], BY_AREA[m, a]) for m, a in product(range(72), range(5))
]
SUMS = [(MONTHS[m], "Hela staden", BY_AREA[m].sum()) for m in range(72)]
UNNAMED = [(MONTHS[m], "Kommunen", BY_AREA[m].sum()) for m in range(72)]
NFD = areas(names=tuple(unicodedata.normalize("NFD", name) if k % 2 else name for k, name in enumerate(NAMES)))
BOTH = table(
    "period,area,attacks",
    (
        (MONTHS[m], unicodedata.normalize(("NFC", "NFD")[m % 2], NAMES[a]), BY_AREA[m, a])
        for m, a in product(range(72), range(5))
    ),
)
DAYS = [(WEEKS[0] + timedelta(days=d), n) for d, n in enumerate(RNG.poisson(1, 1092).tolist())]
DAY_RATE = sum(n for _, n in DAYS) / (1092 / 365.25)

# name: content, rate a year, names of the notices
READ: dict[str, tuple[str | bytes, float, str]] = {
    "semicolon": (areas(sep=";"), AREA_RATE, ""),
    "tab": (areas(sep="\t"), AREA_RATE, ""),
    "pipe": (areas(sep="|"), AREA_RATE, ""),
    "cr": (areas().replace("\n", "\r").encode(), AREA_RATE, ""),
    "crlf, blank lines at the end": (
        areas().replace("\n", "\r\n").encode() + b"\r\n\r\n;;\r\n".replace(b";", b","),
        AREA_RATE,
        "",
    ),
    "sep": ("sep=;\n" + areas(sep=";"), AREA_RATE, ""),
    "bom": (areas().encode("utf-8-sig"), AREA_RATE, ""),
    "latin": (areas().encode("latin-1"), AREA_RATE, "latin"),
    "remarks": ("# from the police\n" + areas() + "# source: police\n", AREA_RATE, ""),
    "title above": ("Skjutningar per månad\n\n" + monthly(heads="månad,antal"), RATE, "above"),
    "quoted": (areas().replace(",", '","').replace("\n", '"\n"').join('""').removesuffix('""'), AREA_RATE, ""),
    "swedish": (areas().replace("period,area,attacks", "Månad,Stadsdel,Antal skjutningar"), AREA_RATE, "shootings"),
    "an index": (
        table(",period,attacks", ((k, *pair) for k, pair in enumerate(zip(MONTHS, CITY, strict=True)))),
        RATE,
        "extra",
    ),
    "2015M01": (monthly(lambda m: m.replace("-", "M")), RATE, ""),
    "2015/01": (monthly(lambda m: m.replace("-", "/")), RATE, ""),
    "201501": (monthly(lambda m: m.replace("-", "")), RATE, ""),
    "01/2015": (monthly(lambda m: f"{m[5:]}/{m[:4]}"), RATE, ""),
    "first days": (monthly(first_of, "date,attacks"), RATE, "dated"),
    "first days at midnight": (monthly(lambda m: f"{first_of(m)} 00:00:00", "date,attacks"), RATE, "dated"),
    "last days": (monthly(last_of, "datum,antal"), RATE, "dated"),
    "last days, day first": (monthly(lambda m: last_of(m).strftime("%d/%m/%Y")), RATE, "dated order"),
    "year and month": (
        table("year,month,count", ((m[:4], int(m[5:]), n) for m, n in zip(MONTHS, CITY, strict=True))),
        RATE,
        "",
    ),
    "år och vecka": (
        table("år;vecka;antal", ((*w.isocalendar()[:2], n) for w, n in zip(WEEKS, WEEKLY, strict=True)), ";"),
        WEEK_RATE,
        "",
    ),
    "2015-W01": (weekly(iso), WEEK_RATE, ""),
    "2015W01": (weekly(lambda w: iso(w).replace("-", "")), WEEK_RATE, ""),
    "2015v01": (weekly(lambda w: iso(w).replace("-W", "v")), WEEK_RATE, ""),
    "vecka 201501": (weekly(lambda w: iso(w).replace("-W", ""), "vecka,antal"), WEEK_RATE, ""),
    "mondays": (weekly(str, "date,attacks"), WEEK_RATE, "dated"),
    "sundays": (weekly(lambda w: w + timedelta(days=6), "date,attacks"), WEEK_RATE, "dated weekday"),
    "days": (table("date,attacks", DAYS), DAY_RATE, ""),
    "days with attacks only": (
        table("date,attacks", (row for row in DAYS if row[1] or row in (DAYS[0], DAYS[-1]))),
        DAY_RATE,
        "",
    ),
    "days that end within a week": (
        table("date,attacks", [*DAYS, (DAYS[-1][0] + timedelta(days=1), 9)]),
        0,
        "cut_week",
    ),
    "years": (table("år,antal", ((2015 + k, sum(CITY[12 * k : 12 * k + 12])) for k in range(6))), RATE, "years"),
    "years as days": (
        table("date,n", ((f"{2015 + k}-01-01", sum(CITY[12 * k : 12 * k + 12])) for k in range(6))),
        RATE,
        "dated years",
    ),
    "6.0": (areas(lambda n: f"{n}.0"), AREA_RATE, ""),
    "6,0": (areas(lambda n: f"{n},0", sep=";"), AREA_RATE, ""),
    **{
        f"1{blank!r}234": (table("year,n", ((2015 + k, f"1{blank}{230 + k}") for k in range(6))), 1232.5, "years")
        for blank in (" ", "\xa0", "\u2009", "\u202f")
    },
    "extra columns": (
        table("period,kommentar,attacks", ((m, "x y", n) for m, n in zip(MONTHS, CITY, strict=True))),
        RATE,
        "extra",
    ),
    "a constant kommun": (
        table(
            "kommun,period,område,antal",
            (("Malmö", MONTHS[m], NAMES[a], BY_AREA[m, a]) for m, a in product(range(72), range(5))),
        ),
        AREA_RATE,
        "extra",
    ),
    "zeros left out": (areas(keep=lambda m, a, n: n > 0), AREA_RATE, "absent"),
    "zeros left out, one area": (weekly(iso).replace(",0\n", ",\n") if 0 in WEEKLY else weekly(iso), WEEK_RATE, ""),
    "quiet weeks left out": (
        table("period,n", ((iso(w), n) for w, n in zip(WEEKS, QUIET, strict=True) if n)),
        0,
        "absent",
    ),
    "a year mistyped": (replaced(monthly(), "2019-03", "2029-03"), 0, "future unrecorded"),
    "midnights": (table("datetime,count", ((f"{day}T00:00:00Z", n) for day, n in DAYS)), DAY_RATE, ""),
    "an area begins late": (areas(keep=lambda m, a, n: n > 0 and not (a == 4 and m < 24)), 0, "absent silent_area"),
    "case": (table("period,area,attacks", DRIFT), AREA_RATE, "merged"),
    "accents stored in two ways": (BOTH, AREA_RATE, "merged"),
    "decomposed accents": (NFD, AREA_RATE, ""),
    "a letter apart": (table("period,area,attacks", SPLIT), AREA_RATE, "alike absent_written"),
    "a total by name": (areas(more=SUMS), AREA_RATE, "total"),
    "a total by its counts": (areas(more=UNNAMED), AREA_RATE, "total"),
    "a total row": (monthly() + f"Totalt,{sum(CITY)}\n", RATE, "total_rows"),
    "the place as a whole": (table("period,area,attacks", SUMS), AREA_RATE, ""),
    "masked": (areas(lambda n: n if n > 4 or n == 0 else "<5"), 0, "blank"),
    **{
        f"masked {sign}": (areas(lambda n: n if n > 4 else "?").replace("?", sign), 0, "blank unrecorded")
        for sign in ("*", "..", "x", "NA")
    },
    "moving sums": (
        monthly(counts=[sum(CITY[max(k - 11, 0) : k + 1]) for k in range(72)][11:] + [370] * 11),
        0,
        "smooth",
    ),
    "regular": (monthly(counts=[30] * 72), 360, "smooth"),
    "doubled": (monthly(counts=[2 * n for n in CITY]), 2 * RATE, "rounded"),
    "mid-month": (monthly(lambda m: f"{m}-15", "datum,antal"), RATE, "dated"),
    "cells kept as text": (monthly(lambda m: f'="{m}"'), RATE, ""),
    "a pivot": (monthly(heads="Radetiketter,Antal av datum") + f"Totalsumma,{sum(CITY)}\n", RATE, "total_rows"),
    "sums since the beginning": (monthly(counts=[sum(CITY[: k + 1]) for k in range(72)]), 0, "cumulative"),
    "year, month and day": (table("år,månad,dag,antal", ((*str(day).split("-"), n) for day, n in DAYS)), DAY_RATE, ""),
    "a month not recorded": (replaced(monthly(), f"2016-03,{CITY[14]}\n", ""), 0, "unrecorded"),
    "year to date": (monthly(counts=YTD), 0, "cumulative"),
    "cut at the end": (replaced(monthly(), f"2020-12,{CITY[71]}", "2020-12,9"), 0, "cut"),
    "in the future": (with_row(monthly(), "2028-01,30"), 0, "future unrecorded"),
    "an outlier": (replaced(monthly(), f"2016-03,{CITY[14]}", "2016-03,9000"), 0, "outliers"),
    "a copied area": (
        table("period,area,attacks", ((m, a, n) for m, n in zip(MONTHS, CITY, strict=True) for a in ("Norr", "Kopia"))),
        2 * RATE,
        "same",
    ),
    "no attacks for a year of days": (
        table("date,attacks", (row if not 300 < k < 660 else (row[0], 0) for k, row in enumerate(DAYS))),
        0,
        "silent",
    ),
}


def files(folder: Path, cases: Mapping[str, tuple[str | bytes, float, str]]) -> Iterable[tuple[str, Path, float, str]]:
    for k, (name, (content, wanted, words)) in enumerate(cases.items()):
        path = folder / f"counts{k}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        yield name, path, wanted, words


def test_files_as_people_have_them_are_read_right_and_what_is_odd_is_said(tmp_path: Path) -> None:
    wrong = []
    for name, path, rate, expected in files(tmp_path, READ):
        try:
            counts = read_counts(path, confirm_small=True)
        except Exception as error:
            wrong.append(f"{name}: {error!r}")
            continue
        said = sorted(notice.name for notice in counts.notices)
        if said != sorted(expected.split()) or (rate and abs(counts.rate - rate) > 0.006 * rate):
            wrong.append(f"{name}: {counts.rate:.2f} for {rate:.2f}, {said} for {expected}")
        told = [notice.told(lang) for notice in counts.notices for lang in ("en", "sv")]
        if any("{" in text for text in told):
            wrong.append(f"{name}: {told}")
    assert not wrong, "\n".join(wrong)


# name: content, 0, words of the message, parted by |
REFUSED: dict[str, tuple[str | bytes, float, str]] = {
    "utf-16": (monthly().encode("utf-16"), 0, "UTF-16|CSV UTF-8"),
    "utf-16 without a mark": (monthly().encode("utf-16-le"), 0, "UTF-16|CSV UTF-8"),
    "a workbook": (b"PK\x03\x04" + b"\0" * 99, 0, "workbook|CSV UTF-8"),
    "mac roman": (areas().encode("mac-roman"), 0, "neither UTF-8 nor Latin-1"),
    "json": ('[{"period": "2015-01", "attacks": 3}]', 0, "JSON"),
    "quarters": (monthly(lambda m: f"{m[:4]}Q{int(m[5:]) // 4 + 1}"), 0, ":2 |quarter|months"),
    "kvartal": (table("år,kvartal,antal", ((2015, k, 30) for k in (1, 2, 3, 4))), 0, ":2 |quarter"),
    "quarters by their first month": (table("period,attacks", ((m, 90) for m in MONTHS[::3])), 0, "one month in 3"),
    "quarters by their first day": (
        table("date,attacks", ((first_of(m), 90) for m in MONTHS[::3])),
        0,
        "one month in 3",
    ),
    "every fourth week": (table("period,attacks", ((iso(w), 30) for w in WEEKS[::4])), 0, "one week in 4"),
    "month names": (monthly(lambda m: f"mars {m[:4]}"), 0, ":2 |month by its name|2015-01"),
    "jan-15": (monthly(lambda m: f"jan-{m[2:4]}"), 0, ":2 |month by its name"),
    "månadsnamn": (table("år,månad,antal", ((2015, "januari", 30),)), 0, ":2 |month by its name"),
    "months as columns": (
        table("område," + ",".join(MONTHS[:12]), [("Norr", *CITY[:12])]),
        0,
        ":1 |as columns|Unpivot",
    ),
    "jan feb": (table("År,Jan,Feb,Mar,Apr,Summa", [(2015, 1, 2, 3, 4, 10)]), 0, ":1 |as columns|Unpivot"),
    "1 to 12": (table("område," + ",".join(map(str, range(1, 13))), [("Norr", *CITY[:12])]), 0, ":1 |as columns"),
    "years as columns": (table("månad,2015,2016,2017", [(1, 3, 4, 5)]), 0, ":1 |as columns"),
    "areas as columns": (table("period,Norr,Söder", [("2015-01", 3, 4)]), 0, ":1 |as columns|Norr"),
    "incidents": (
        table("OCCUR_DATE,BORO,LAT,LON,PERP_NAME", [("01/02/2015", "BRONX", 1, 2, "A")]),
        0,
        ':1 |row an event|"OCCUR_DATE"|"BORO"|pivot|GROUP BY',
    ),
    "victims": (
        table("date,incident,district,fatal", [("2015-01-01", 0, "C11", 0)]),
        0,
        ':1 |row an event|DISTINCT "incident"',
    ),
    "times of day": (table("date,attacks", [("2015-01-01 23:10", 1)]), 0, ":2 |time of day|pivot"),
    "ambiguous days": (
        table("date,attacks", ((f"0{k % 9 + 1}/0{k // 9 + 1}/2015", 1) for k in range(1, 81))),
        0,
        "2015-01-02|2015-02-01",
    ),
    "day and month mixed": (table("date,attacks", [("13/01/2015", 3), ("01/13/2015", 3)]), 0, ":3 |another way"),
    "two digits": (table("date,attacks", [("13/01/15", 3)]), 0, ":2 |four"),
    "serial": (table("date,attacks", [(42005, 3)]), 0, ":2 |yyyy-mm-dd"),
    "week 53 of 2016": (table("period,attacks", [("2016-W53", 3)]), 0, ":2 |ISO|ISOWEEKNUM"),
    "week 0": (table("year,week,attacks", [(2016, 0, 3)]), 0, ":2 |ISO"),
    "month 13": (monthly().replace("2016-12", "2016-13"), 0, ":25 |01 to 12"),
    "9999": (with_row(monthly(), "9999-12,1"), 0, ":74 |after 2100"),
    "decades apart": (with_row(monthly(), "2091-01,30"), 0, ":74 |70 years"),
    "negative": (replaced(monthly(), f"2015-03,{CITY[2]}", "2015-03,-2"), 0, ":4 |-2"),
    "fraction": (replaced(monthly(), f"2015-03,{CITY[2]}", "2015-03,2.4"), 0, ":4 |rate"),
    "1.234": (replaced(monthly(), f"2015-03,{CITY[2]}", "2015-03,1.234"), 0, ":4 |1234"),
    "NaN": (replaced(monthly(), f"2015-03,{CITY[2]}", "2015-03,NaN"), 0, ":4 |empty"),
    "a dash": (replaced(monthly(), f"2015-03,{CITY[2]}", "2015-03,-"), 0, ":4 |empty|0"),
    "twice": (with_row(areas(), "2015-01,norr,3"), 0, ":362 |norr|Norr|line 2"),
    "kinds of crime": (
        table("period,typ,attacks", [(m, t, 20) for m in MONTHS for t in "ab"]),
        0,
        ":3 |second time|typ",
    ),
    "two counts": (table("period,shootings,attacks", [("2015-01", 3, 4)]), 0, ":1 |several columns of counts"),
    "no headings": (table("2015-01,23", zip(MONTHS, CITY, strict=True)), 0, ":1 |no headings"),
    "an unknown heading": (table("period,boom", zip(MONTHS, CITY, strict=True)), 0, ":1 |boom|call it attacks"),
    "a month without a year": (table("månad,antal", [(1, 3)]), 0, ":2 |year"),
    "zeros and an outlier": (monthly(counts=[0] * 71 + [10_000]), 0, "0 attacks|too little"),
    "three attacks and an outlier": (monthly(counts=[3] + [0] * 70 + [10_000]), 0, "3 attacks|too little"),
    "all blank": (monthly(counts=[""] * 72), 0, "too little"),  # type: ignore[list-item]
    "a quote left open": (replaced(areas(), "Norr", '"Norr'), 0, "quote"),
    "a footnote": (areas() + "Källa: Polisen\n", 0, ":362 |#"),
    "a formula": (replaced(areas(), "Norr", "=1+1"), 0, ":2 |area"),
    "a number of a person as heading": ("period,attacks,811218-9876\n2015-01,3,1\n", 0, ":1 |personal identity"),
    "a number of a person in a remark": ("# 811218-9876\n" + monthly(), 0, "counts|:1 |personal identity"),
    "a number of a person where nothing is read": (
        table("period,kommentar,attacks", ((m, "811218-9876" if k == 4 else "", 30) for k, m in enumerate(MONTHS))),
        0,
        ":6 |personal identity",
    ),
    "headings alone": ("period,attacks\n", 0, "no counts"),
    "nothing": ("", 0, "no counts"),
}


def test_what_cannot_be_read_right_is_refused_with_its_line_and_the_remedy(tmp_path: Path) -> None:
    wrong = []
    for name, path, _, words in files(tmp_path, REFUSED):
        try:
            found: object = read_counts(path, confirm_small=True).warnings
        except ScenarioError as error:
            found = error
        except Exception as error:
            wrong.append(f"{name}: {error!r}")
            continue
        if not isinstance(found, ScenarioError) or any(word not in str(found) for word in words.split("|")):
            wrong.append(f"{name}: {found!r} for {words}")
        elif "9876" in str(found) or "PERP" in str(found):
            wrong.append(f"{name} repeats {found}")
    assert not wrong, "\n".join(wrong)
    for name, (content, *_) in REFUSED.items():
        if name.startswith("a number of"):
            (tmp_path / "811218-9876.csv").write_text(str(content), "utf-8")
    with pytest.raises(ScenarioError, match="name of the file") as told:
        read_counts(tmp_path / "811218-9876.csv")
    assert "9876" not in str(told.value)


def test_every_way_of_writing_gives_the_same_counts(tmp_path: Path) -> None:
    """Separator x encoding x period x number: one table of 24 months and five areas in all of them."""
    separators, encodings = (",", ";", "\t", "|"), ("utf-8", "utf-8-sig", "cp1252")
    periods: tuple[Callable[[str], object], ...] = (str, first_of, last_of, lambda m: m.replace("-", "M"))
    numbers: tuple[Callable[[int], object], ...] = (int, lambda n: f"{n}.0", lambda n: f'"{n}"')
    ends, path, seen = ("\n", "\r\n", "\r"), tmp_path / "counts.csv", set()
    for k, (sep, encoding, period, number) in enumerate(product(separators, encodings, periods, numbers)):
        rows = [(period(MONTHS[m]), NAMES[a], number(int(BY_AREA[m, a]))) for m, a in product(range(24), range(5))]
        text = table("datum,område,antal", rows, sep).replace("\n", ends[k % 3])
        path.write_bytes(text.encode(encoding))
        counts = read_counts(path, confirm_small=True)
        seen.add((counts.areas, counts.start, counts.frame.unit, counts.counts.tobytes(), counts.frame.recorded.all()))
    assert len(seen) == 1
    found: Counts = counts
    assert found.counts.tolist() == BY_AREA[:24, np.argsort(NAMES)].tolist()


def test_the_way_out_for_a_row_an_event_leads_to_a_table_that_is_read(tmp_path: Path) -> None:
    days = [WEEKS[0] + timedelta(days=int(d)) for d in RNG.integers(0, 1000, 800)]
    events = pd.DataFrame({"date": list(map(str, days)), "incident": range(800), "district": RNG.integers(1, 4, 800)})
    path = tmp_path / "events.csv"
    events.to_csv(path, index=False)
    with pytest.raises(ScenarioError) as told:
        read_counts(path)
    query = str(told.value).partition("In SQL, by week and area: ")[2].rstrip(".")
    with sqlite3.connect(":memory:") as base:
        base.create_function("date_trunc", 2, lambda _, day: str(_monday(day)))
        events.to_sql("incidents", base, index=False)
        pd.read_sql(query.replace('CAST("date" AS date)', '"date"'), base).to_csv(path, index=False)
    counts = read_counts(path, confirm_small=True)
    assert counts.counts.sum() == 800 and counts.areas == ("1", "2", "3") and counts.frame.unit == "week"


def _monday(day: str) -> date:
    given = date.fromisoformat(day)
    return given - timedelta(days=given.weekday())


def test_what_is_no_file_is_not_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sparse, pipe, link, listening = (tmp_path / name for name in ("sparse.csv", "pipe.csv", "link.csv", "socket.csv"))
    with sparse.open("wb") as file:
        file.truncate(2 << 30)
    os.mkfifo(pipe)
    link.symlink_to("/dev/zero")
    begun = time.perf_counter()
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(os.path.relpath(listening))
        for path, said in (
            (sparse, "more than 5,242,880 bytes"),
            (pipe, "device or pipe"),
            (link, "device or pipe"),
            (tmp_path, "folder"),
            (listening, "device or pipe"),
            (tmp_path / "no.csv", "No such file"),
        ):
            for command in ("check", "calibrate"):
                assert main([command, str(path)]) == 2
                assert said in capsys.readouterr().err
    assert time.perf_counter() - begun < 20


@pytest.mark.parametrize(("lang", "said"), [("en", "a year ("), ("sv", "om året (")])
def test_check_shows_what_would_be_read(
    lang: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "counts.csv"
    path.write_text(monthly().replace("period,attacks", "månad,skjutningar"), "utf-8")
    assert main(["check", str(path), "--lang", lang]) == 0
    told = capsys.readouterr().out
    assert f"{said}{sum(CITY)}" in told and "2015-01" in told and "2020-12" in told and "--kind shootings" in told
    path.write_text("period,attacks\n2015-Q1,9\n", "utf-8")
    assert main(["check", str(path)]) == 2


def test_every_notice_says_the_same_in_both_languages_and_is_tried_above() -> None:
    texts = {name: text for name, text in notices._texts().items() if "." not in name and name != "outlier"}
    assert all(fields(text["en"]) == fields(text["sv"]) for text in texts.values())
    assert set(texts) == {name for _, _, names in READ.values() for name in names.split()}


def test_headings_are_told_apart() -> None:
    known = {
        "attacks": "Antal count N Skjutningar Shootings antal_skjutningar Number-of-shootings incidents Antal_dåd",
        "area": "Område stadsdel Kommun district BORO neighbourhood lokalpolisområde kommunnamn area_code",
        "date": "date Datum OCCUR_DATE Händelsedatum", "month": "Månad month", "week": "v Vecka week",
        "year": "År year", "person": "name Namn lat Longitude personnummer victim_age street_address Adress",
        "": "kommentar fatal incident explosions antal_döda antal_skadade rate",
    }  # fmt: skip
    wrong = [
        (word, role, role_of(word)) for role, words in known.items() for word in words.split() if role_of(word) != role
    ]
    assert not wrong
