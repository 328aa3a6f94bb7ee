"""A table of counts: what is read, what is taken as missing, and everything that is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from gvi_sim.analysis.records.count_record import Counts, read_counts
from gvi_sim.errors import ScenarioError

Write = Callable[[str], Path]


@pytest.fixture
def table(tmp_path: Path) -> Write:
    """Writes a CSV and gives its path."""

    def write(text: str) -> Path:
        path = tmp_path / "counts.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def months(count: int, area: str = "north", attacks: int = 7, skip: tuple[int, ...] = ()) -> list[str]:
    """Rows of months from January 2015 on."""
    return [f"{2015 + k // 12}-{k % 12 + 1:02d},{area},{attacks}" for k in range(count) if k not in skip]


def of_months(rows: list[str]) -> str:
    return "\n".join(["period,area,attacks", *rows, ""])


def test_days_become_weeks_and_absent_days_are_without_attacks(table: Write) -> None:
    first = date(2020, 1, 6)
    rows = [f"{first + timedelta(days=d)},5" for d in range(0, 364, 3)]
    counts = read_counts(table("\n".join(["date,attacks", *rows])))
    assert counts.start == first and counts.frame.unit == "week" and counts.areas == ("",)
    assert counts.frame.units == 52 and counts.frame.recorded.all()
    assert int(counts.counts.sum()) == 5 * sum(d < 364 for d in range(0, 364, 3))
    assert set(np.unique(counts.counts)) == {10, 15}


def test_weeks_and_zeros(table: Write) -> None:
    rows = [f"2020-W{week:02d},{(week % 3) * 6}" for week in range(1, 41)]
    counts = read_counts(table("\n".join(["period,attacks", *rows])))
    assert counts.start == date(2019, 12, 30) and counts.frame.units == 40
    assert (counts.counts[:, 0] == 0).sum() == 13 and counts.frame.recorded.all()


def test_empty_cells_and_absent_periods_were_not_recorded(table: Write) -> None:
    rows = months(24, "north", skip=(4, 5)) + months(24, "south", 9)
    rows[10] = rows[10].rsplit(",", 1)[0] + ","
    counts = read_counts(table(of_months(rows)))
    assert (~counts.frame.recorded).sum() == 1 and counts.counts[4:6, 0].tolist() == [0, 0]
    assert {notice.name for notice in counts.notices} >= {"absent", "blank"}
    assert counts.counts[~counts.frame.recorded].sum() == 0
    both = read_counts(table(of_months(months(24, skip=(4, 5)))))
    assert "2 of 24 months were not recorded" in both.warnings[0]
    assert both.rate == pytest.approx(7 * 12, rel=0.02)


def test_missing_months_of_a_file_of_days(table: Write) -> None:
    rows = [f"{date(2020, 1, 6) + timedelta(days=d)},6" for d in range(0, 364)]
    counts = read_counts(table("\n".join(["date,attacks", *rows])), missing=["2020-03"])
    assert counts.frame.recorded[:, 0].sum() == 52 - 6  # weeks that touch March


def test_small_cells_are_refused_until_confirmed_and_then_counted(table: Write) -> None:
    path = table(of_months(months(24, attacks=3)))
    with pytest.raises(ScenarioError, match=r"24 cells .* of 1 to 4 attacks"):
        read_counts(path)
    assert read_counts(path, confirm_small=True).small_cells == 24


def test_an_absurd_count_is_left_out_with_a_warning(table: Write) -> None:
    rows = months(36)
    rows[10] = rows[10].rsplit(",", 1)[0] + ",4000"
    path = table(of_months(rows))
    counts = read_counts(path)
    assert not counts.frame.recorded[10, 0] and counts.counts.sum() == 35 * 7
    assert "4000 attacks from 2015-11-01" in counts.warnings[-1]
    assert read_counts(path, keep_outliers=True).counts.sum() == 35 * 7 + 4000


REFUSED = {
    "names": ("period,name,attacks\n2015-01,A B,7\n", "column 'name'"),
    "coordinates": ("period,lat,attacks\n2015-01,59.33,7\n", "column 'lat'"),
    "no attacks": ("period,area\n2015-01,north\n", "a row an event: .* no count"),
    "both": ("period,date,attacks\n2015-01,2015-01-01,7\n", "either `date` or `period`"),
    "hit alone": ("period,attacks,hit\n2015-01,7,2\n", "both or neither"),
    "no month": ("period,attacks\n2015-13,7\n", "counts.csv:2 has '2015-13'"),
    "no day": ("date,attacks\n2015-02-30,7\n", "a day like"),
    "half": ("period,attacks\n2015-01,7.5\n", "attacks = '7.5'"),
    "negative": ("period,attacks\n2015-01,-7\n", "attacks = '-7'"),
    "huge": ("period,attacks\n2015-01,99999999\n", "whole number from 0"),
    "twice": ("period,attacks\n2015-01,7\n2015-01,8\n", "a second time"),
    "more dead than hit": ("period,attacks,hit,killed\n2015-01,7,1,2\n", "the killed are hit too"),
    "mixed": ("period,attacks\n2015-01,7\n2015-W07,8\n", "mixes months and weeks"),
    "few": ("period,attacks\n2015-01,7\n2015-02,8\n", "too little"),
    "fields": ("period,attacks\n2015-01,7,9\n", "3 fields under 2 columns"),
    "formula": ("period,area,attacks\n2015-01,=1+1,7\n", "has the area"),
    "empty": ("", "holds no counts"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_table_of_counts_is_refused(text: str, message: str, table: Write) -> None:
    with pytest.raises(ScenarioError, match=message):
        read_counts(table(text), confirm_small=True)


def test_data_about_persons_are_refused_and_not_repeated(table: Write) -> None:
    rows = months(24)
    rows[3] = "2015-04,811218-9876,7"
    with pytest.raises(ScenarioError, match=r"counts.csv:5 holds what looks like a personal identity number") as told:
        read_counts(table(of_months(rows)))
    assert "9876" not in str(told.value)


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        read_counts(tmp_path / "nowhere.csv")
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00period")
    with pytest.raises(ScenarioError, match="UTF-8"):
        read_counts(tmp_path / "bad.csv")


def test_counts_hold_what_a_calibration_needs(table: Write) -> None:
    counts: Counts = read_counts(
        table("\n".join(["period,attacks,hit,killed", *(f"{r[:7]},7,3,1" for r in months(24))]))
    )
    assert counts.harm is not None and counts.harm.tolist() == [72, 24]
    assert counts.years == pytest.approx(2.0, abs=0.01) and len(counts.sha256) == 64
