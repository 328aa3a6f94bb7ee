"""Data about real persons are refused in every input: 200 that are, 1,000 that are not."""

from __future__ import annotations

import random
from datetime import date, timedelta
from itertools import product
from pathlib import Path

import pytest
from each import each

from gvi_sim.cli import main
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.config.personal_data import findings
from gvi_sim.errors import ScenarioError
from gvi_sim.evidence import entries

ROAD = ("Stor", "Kungs", "Amirals", "Drottning", "Södra Förstads", "Norra Vall", "Linné", "Björk", "Gröna")
KINDS = ("gatan", "vägen", "gränd", "stigen", "backen")
TOWN = ("Malmö", "Huddinge", "Örebro", "Göteborg", "Uppsala")
NAME = ("Anna Ek", "Erik Svensson", "Fatima Ali", "Åke Öberg", "Maria von Essen")
FRAME = ("{}", "contact: {}", "seen with {} in May", "({})", "{}, see notes", "pnr {}.", '"{}"', "a;{};b")


def check_digit(nine: str) -> str:
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(nine)]
    return str(-sum(number // 10 + number % 10 for number in doubled) % 10)


def identity(rng: random.Random, *, coordination: bool = False, wrong: bool = False) -> str:
    """A number with a right (or wrong) checksum in one of the usual writings."""
    born = date(1930, 1, 1) + timedelta(days=rng.randrange(33_000))
    day = born.day + 60 * coordination
    short = f"{born:%y%m}{day:02d}"
    serial = f"{rng.randrange(1, 1000):03d}"
    tail = serial + check_digit(short + serial)
    if wrong:
        tail = serial + str((int(tail[-1]) + rng.randrange(1, 10)) % 10)
    century = f"{born:%Y}"[:2]
    forms = (
        f"{short}-{tail}",
        f"{century}{short}-{tail}",
        f"{century}{short}{tail}",
        f"{short}{tail}",
        f"{short}+{tail}",
        f"{century}{short} {tail}",
        f"{short} {tail}",
        f"{short}–{tail}",
        f"{born:%Y-%m}-{day:02d}-{tail}",
        f"{short[:2]} {short[2:4]} {short[4:]}-{tail}",
    )
    return rng.choice(forms)


def phone(rng: random.Random) -> str:
    a, b, c, d = (f"{rng.randrange(100):02d}" for _ in range(4))
    mobile, three = rng.choice("02369"), f"{rng.randrange(100, 1000)}"
    forms = (
        f"07{mobile}-{three} {b} {c}",
        f"07{mobile}{three}{b}{c}",
        f"07{mobile} {three} {b} {c}",
        f"+46 7{mobile} {three} {b} {c}",
        f"+467{mobile}{three}{b}{c}",
        f"00467{mobile}{three}{b}{c}",
        f"+46 (0)7{mobile}-{three} {b} {c}",
        f"08-{three} {b} {c}",
        f"08-{three}{a}{b}{c}"[:11],
        f"(08) {three} {b} {c}",
        f"031-{b} {c} {d}",
        f"040-{three} {b} {c}",
        f"0500-{b} {c} {d}",
        f"tel. {three} {b} {c}",
        f"telefon: {three}{b}{c}",
        f"+1 212 {three} 01{b}",
        f"+47 9{b} {c} {d} 1{a[0]}",
    )
    return rng.choice(forms)


def address(rng: random.Random) -> str:
    road, number = rng.choice(ROAD) + rng.choice(KINDS), rng.randrange(1, 300)
    forms = (
        f"{rng.choice(NAME)}, {road} {number}",
        f"{rng.choice(NAME)} {road} {number} B, {rng.choice(TOWN)}",
        f"{road.lower()} {number}",
        f"{rng.choice(NAME)}, Ramels väg {number}",
        f"{road.upper()} {number}",
        f"{rng.choice(NAME)}, Möllevångstorget {number}",
        f"{rng.choice(NAME)}, 141 47 {rng.choice(TOWN)}",
        f"{rng.choice(NAME)}, Odenplan {number}",
        f"{number} Maple Street",
        f"c/o {rng.choice(NAME)}, {road} {number}",
        f"Olof Palmes gata {number}",
    )
    return rng.choice(forms)


def position(rng: random.Random) -> str:
    north, east = rng.uniform(55.4, 68), rng.uniform(11.5, 23)
    places = rng.choice((2, 3, 4, 6))
    n, e = f"{north:.{places}f}", f"{east:.{places}f}"
    minutes = rng.randrange(60)
    forms = (
        f"{n}, {e}",
        f"{n} {e}",
        f"{e}, {n}",
        f"{n.replace('.', ',')}; {e.replace('.', ',')}",
        f"N {n} E {e}",
        f"{int(north)}°{minutes}'{minutes}\"N {int(east)}°{minutes}'1\"E",
        f"{n}° N, {e}° E",
        f"lat: {n}, lon: {e}",
        f"latitude={n}",
        f"SWEREF99 {rng.randrange(6_150_001, 7_600_000, 1000)}, {rng.randrange(300_001, 800_000, 1000)}",
        f"N{rng.randrange(6_150_001, 7_600_000, 1000)} E{rng.randrange(300_001, 800_000, 1000)}",
        f"{n}N {e}E",
        "40.7128, -74.0060",
        f"({n};{e})",
    )
    return rng.choice(forms)


def case(rng: random.Random) -> str:
    number, year = rng.randrange(1000, 99_999), rng.randrange(10, 26)
    forms = (
        f"B {number}-{year}",
        f"mål nr B {number}-{year}",
        f"T {number}-20{year}",
        f"5000-K{number}{number % 10}-{year}",
        f"AM-{number}-{year}",
        f"ärendenummer {number}-{year}",
        f"case no. {number}",
        f"K-nr {number}-{year}",
        f"dnr A{number}/{year}",
        f"målnummer: B{number}-{year}",
    )
    return rng.choice(forms)


def positives() -> list[str]:
    rng = random.Random("gvi_sim personal data")
    makers = (
        identity,
        lambda r: identity(r, coordination=True),
        identity,
        phone,
        address,
        position,
        case,
        phone,
    )
    return [rng.choice(FRAME).format(makers[number % len(makers)](rng)) for number in range(200)]


def negatives() -> list[str]:
    rng = random.Random("gvi_sim ordinary text")
    day = [f"{date(2000, 1, 1) + timedelta(days=rng.randrange(9_500))}" for _ in range(1000)]
    made = []
    for number in range(1000):
        n, m = rng.randrange(1, 1000), rng.randrange(1_000, 9_999_999)
        share = f"{rng.random():.{rng.choice((1, 2, 3))}f}"
        made.append(
            (
                f"{day[number]} to {day[-number]}",
                f"{m:,} inhabitants".replace(",", " "),
                f"seed {m}",
                f"{m} SEK",
                f"Brå {2000 + n % 25}:{n % 20}",
                f"SOU 2019:{n}",
                f"{share} (0.61, 0.84)",
                f"{n} % of {m}",
                f"group {n} of {n + 3}",
                f"{rng.choice(TOWN)} {2010 + n % 15}",
                f"E{n % 100} and riksväg {n}",
                f"Criminology {n % 60}({n % 4}), {n}-{n + 25}",
                f"doi 10.1111/1745-9133.{n + 12_000}",
                "Storgatan",
                f"ISSN {m % 9000 + 1000}-{m % 900 + 100}X",
                identity(rng, wrong=True),
                f"{n % 24:02d}:{n % 60:02d}",
                f"n = {share}, v = {n}",
                f"Handlingsplan {2020 + n % 9}-{2023 + n % 9}",
                f"version {n % 9}.{n % 40}.0",
                f"{n} years, {n + 1} runs",
                f"kappa {share}; half-life {n} days",
                f"org 5560{n % 10}6-{m % 9000 + 1000}",
                f"call-in {day[number]}, {n % 40} summoned",
                f"+{n} % detentions",
                f"p < {share}",
                "Malmö stad",
                f"{rng.choice(NAME).split()[0]} said so",
                f"budget {m * 100} kr",
                f"figures {n}, {n + 1} and {n + 2}",
                f"https://bra.se/rapport/{m}",
                f"sha256 {rng.getrandbits(160):040x}",
                f"{n}x{n} cells",
                f"-{n}.5 °C",
                f"Wilson {2000 + n % 25}, p. {n}",
                f"mean {n / 7:.4f} sd {n / 90:.4f}",
                f"programme {n % 12} months",
            )[number % 37]
        )
    return made


def test_personal_data_are_found() -> None:
    missed = [text for text in positives() if not any(findings(text))]
    assert len(missed) <= 2, missed


def test_ordinary_text_is_left_alone() -> None:
    alarms = [(text, *findings(text)) for text in negatives() if any(findings(text))]
    assert len(alarms) <= 10, alarms


@pytest.mark.parametrize("frame", ["3,{}", "{},4", "0,12,{},5", "2019-02-14,3,{}", "{},2019-02-14"])
def test_a_number_between_the_commas_of_a_table_is_found(frame: str) -> None:
    rng = random.Random(f"gvi_sim cells {frame}")
    numbers = [identity(rng, coordination=rng.random() < 0.3) for _ in range(200)]
    missed = [text for number in numbers if not any(findings(text := frame.format(number)))]
    assert len(missed) <= 2, missed
    assert any(findings(frame.format("8112189876")))


def test_amounts_with_decimals_are_left_alone() -> None:
    rng = random.Random("gvi_sim decimals")
    digits = [f"{rng.randrange(10**10):010d}" for _ in range(1000)]
    makers = ("{a},{d}", "{a}.{d}", "{d},{a}", "{a},{d},{b}", "{a};{b},{d}", "{t},{b}", "{b},{t}")
    for frame in makers:
        texts = [frame.format(a=rng.randrange(99), b=rng.randrange(9999), d=d, t=f"{int(d):,}") for d in digits]
        alarms = [text for text in texts if any(findings(text))]
        assert len(alarms) <= 10, (frame, alarms)


@pytest.mark.slow
def test_every_wrong_checksum_is_left_alone_and_every_right_one_found() -> None:
    rng = random.Random("gvi_sim checksums")
    for _ in range(20_000):
        right, wrong = identity(rng, coordination=rng.random() < 0.5), identity(rng, wrong=True)
        assert any(findings(right)), right
        assert not any("identity" in kind for kind, _ in findings(wrong)), wrong


def test_the_registry_and_the_choices_that_ship_hold_none() -> None:
    assert [(e.key, *findings(f"{e.note} {e.key}")) for e in entries() if any(findings(f"{e.note} {e.key}"))] == []


PLACES = ("# {}\nyears: 5\n", "site.name: '{}'\n", "'{}': 5\n", "years: 5 # {}\n", "exit: {{'{}': 1}}\n")


@each(
    "frame, text",
    product(PLACES, ("811218-9876", "070-123 45 67", "Storgatan 12", "59.3293, 18.0686", "B 1234-24")),
)
def test_no_place_in_a_file_hides_them(frame: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "theirs.yaml"
    path.write_text(frame.format(text), "utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert caught.value.rule == "personal-data" and "theirs.yaml:1" in str(caught.value)
    assert text not in str(caught.value) and "ETHICS.md" in str(caught.value)


def test_every_other_input_refuses_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    person = "Ek 811218-9876"
    for given in ({"site.name": person}, {"calendar.shocks": [_shock(person)]}, {"site": {"name": person}}):
        with pytest.raises(ScenarioError, match="personal identity number"):
            load_scenario(given)
        with pytest.raises(ScenarioError, match="personal identity number"):
            Scenario.from_dict(given)
        with pytest.raises(ScenarioError, match="personal identity number"):
            load_scenario().replace(given)
    for words in ([f"site.name='{person}'"], ["--out", person], ["sites={8112189876: {}}"]):
        assert main(["run", *words, "--cfg"]) == 2
    (tmp_path / "811218-9876.yaml").write_text("years: 5\n", "utf-8")
    assert main(["run", "--scenario", "811218-9876.yaml", "--cfg"]) == 2


def _shock(name: str) -> dict[str, object]:
    return {"name": name, "start": "2024-01-01", "end": "2024-02-01", "share": 0.1, "years": 1}


def test_amounts_that_happen_to_have_a_right_checksum_are_amounts() -> None:
    assert load_scenario("costs.budget_per_year=8112189876").costs.budget_per_year == 8112189876
    assert Scenario.from_yaml("costs.budget_per_year: 8112189876\n").costs.budget_per_year == 8112189876


def test_no_refusal_repeats_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Wherever on a command line they stand, the message names what was wrong and not the number."""
    number, there = "811218-9876", tmp_path / "811218-9876"
    there.mkdir()
    headed = tmp_path / "headed.csv"
    headed.write_text(f"period,attacks,{number}\n2015-01,7,1\n", "utf-8")
    commands = (
        f"run {number}", f"run {number}=3", f"run site={number}", f"run site.groups={number}", f"run years={number}",
        f"run --scenario {there}", f"run --scenario {there}/none.yaml", f"run --lang {number}", f"run --{number}",
        f"run --replicates {number}", number, f"report {there}", f"verify {there}", f"evidence {number}",
        f"evidence --place {number}", f"evidence --source {number}", f"list {number}", f"levers {number}",
        f"sweep site={number},malmo", f"sweep experiment={number}", f"calibrate {there}", f"calibrate {there}.csv",
        f"calibrate {headed}", f"calibrate {headed} --missing {number}", f"reproduce {number}",
        f"attribute --part {number}", f"attribute --outcome {number}", f"run parameters={there} --cfg",
    )  # fmt: skip
    repeated = []
    for command in commands:
        try:
            code = main(command.split())
        except SystemExit as left:
            code = int(left.code or 0)
        told = "".join(capsys.readouterr())
        if number in told or "Traceback" in told or (not code and "--cfg" not in command):
            repeated.append((command, code, told))
    assert not repeated
