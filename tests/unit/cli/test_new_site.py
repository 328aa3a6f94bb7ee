"""``gvi-sim new-site``, and a site as one file: what is made runs, what is half-finished harms nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gvi_sim.cli import main
from gvi_sim.config import load_scenario
from gvi_sim.evidence import strict_yaml

Tell = Callable[..., tuple[int, str, str]]
COUNTS = ("--groups", "4", "--persons", "60", "--shootings", "6")
SMALL = ("years=1", "burn_in_years=0.5", "--replicates", "3", "--workers", "1", "--seed", "1")
SITES, CHOICES = Path("gvi_sim/evidence/registry/sites"), Path("conf/site")


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tell:
    """A command in an empty folder: its exit code, answer and complaint."""
    monkeypatch.chdir(tmp_path)

    def told(*argv: str) -> tuple[int, str, str]:
        code = main(argv)
        return code, *capsys.readouterr()

    return told


def test_what_is_wrong_is_refused_and_nothing_is_written(tell: Tell, tmp_path: Path) -> None:
    (tmp_path / "taken.yaml").write_text("x")
    refused = {
        ("Vik",): "new-site lacks --groups, --persons, --shootings",
        ("Vik", "--persons", "9"): "new-site lacks --groups, --shootings",
        ("Vik", *COUNTS, "--groups", "-4"): "site.groups = -4",
        ("Vik", *COUNTS, "--groups", "many"): "site.groups = 'many' must be a number",
        ("Vik", *COUNTS, "--shootings", "-1"): "must lie in",
        ("Vik", *COUNTS, "--persons", "3"): "site.groups = 4 exceeds site.members = 3",
        ("Vik", *COUNTS, "--country", "Norway"): "two capital letters",
        ("Malmö", *COUNTS): "there is a site malmo already",
        ("default", *COUNTS): "there is a site default already",
        ("19121212-1212", *COUNTS): "a personal identity number",
        ("Vik", *COUNTS, "--scenario", "19121212-1212.yaml"): "a personal identity number",
        ("北", *COUNTS): "makes no key",
        ("Taken", *COUNTS): "taken.yaml exists already",
        ("Vik", *COUNTS, "--scenario", "vik.txt"): "ends in .yaml",
        ("Vik", *COUNTS, "--scenario", "no/vik.yaml"): "no is no folder",
        ("Vik", *COUNTS, "--site", "."): "is no folder",
        ("Vik", *COUNTS, "--lang", "de"): "en (English) or sv (Swedish)",
    }
    told = {words: tell("new-site", *words) for words in refused}
    wrong = {
        words: told[words] for words, message in refused.items() if told[words][0] != 2 or message not in told[words][2]
    }
    assert wrong == {} and [path.name for path in tmp_path.iterdir()] == ["taken.yaml"]


@pytest.mark.parametrize(
    ("lang", "derived", "answer"),
    [("en", "2.57 detonations a year: 30% of attacks", "The model says"),
     ("sv", "2,57 sprängningar per år: 30 % av dåden", "Modellen säger")],
)  # fmt: skip
def test_four_groups_sixty_persons_and_six_shootings_work_at_once(
    tell: Tell, lang: str, derived: str, answer: str
) -> None:
    code, told, _ = tell("new-site", "Ås", *COUNTS, "--lang", lang)
    assert code == 0 and derived in told.replace("\u00a0", " ") and "gvi-sim run as.yaml" in told
    site = load_scenario(Path("as.yaml"))
    assert (site.site.name, site.site.groups, site.site.members, site.site.rivals_mean) == ("Ås", 4, 60, 2.0)
    assert site.site.attacks_per_year * (1 - site.attacks.detonation_share) == pytest.approx(6)
    code, told, _ = tell("run", "as.yaml", *SMALL, "--lang", lang)
    assert code == 0 and answer in told


@pytest.mark.slow
def test_a_country_without_values_has_the_default_and_the_screen_says_so(tell: Tell) -> None:
    code, told, _ = tell("new-site", "Vik", *COUNTS, "--country", "no", "--population", "50 000")
    assert code == 0 and "no values of Vik's country (NO)" in told
    assert load_scenario(Path("vik.yaml")).attacks.detonation_share == 0
    assert load_scenario(Path("vik.yaml"), "country=SE").harm.p_death_given_hit == 0.34
    code, told, _ = tell("run", "vik.yaml", *SMALL, "--lang", "sv")
    assert code == 0 and "Registret har inga värden för landet" in " ".join(told.split())


def test_at_a_terminal_it_asks_for_what_is_missing(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["many", "4", "6", "1", "", ""])
    asked: list[str] = []
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("builtins.input", lambda question: (asked.append(question), next(answers))[1])
    code, told, complaint = tell("new-site", "Vik", "--persons", "60", "--lang", "sv")
    assert code == 0 and "måste vara ett tal" in complaint and "1 sprängningar per år:" not in told
    assert [question.split()[0] for question in asked] == [
        "Antal",
        "Antal",
        "Skjutningar",
        "Sprängningar",
        "Invånare",
        "Land,",
    ]
    assert load_scenario(Path("vik.yaml")).site.attacks_per_year == 7


@pytest.fixture(scope="module")
def tree(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the tree that may be written to."""
    folder = tmp_path_factory.mktemp("tree")
    for name in ("gvi_sim", "conf", "experiments"):
        shutil.copytree(root / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "home").mkdir()
    yield folder


def run(tree: Path, *argv: str) -> subprocess.CompletedProcess[str]:
    """A command of the copy, in a folder of its own."""
    code = f"import sys; sys.path.insert(0, {str(tree)!r}); from gvi_sim.cli import main; sys.exit(main({argv!r}))"
    return subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd=tree / "home")


def blocks(root: Path) -> list[str]:
    """The two files of the recipe: facts and choices."""
    return re.findall(r"```yaml\n(.*?)```", (root / "docs/recipes/site.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.slow
def test_a_half_finished_site_harms_nothing_and_says_all_at_once(root: Path, tree: Path) -> None:
    half = "site.country: NO\nsite.groups: 3\nsite.gruops: 3\nsite.members: {value: 60, sources: [FB-01], grade: A}\n"
    files = {"half": half, "broken": "site.groups: [1\n", "Wrong-Name": "site.groups: 4\n"}
    for name, text in files.items():
        (tree / SITES / f"{name}.yaml").write_text(text)
    try:
        works = {
            ("list",): "site=half             unfinished",
            ("list", "sites"): "site=broken           unfinished",
            ("run", "--cfg", "site=malmo"): "site.members = 275",
            ("evidence",): "site.groups",
            ("evidence", "site.groups"): "huddinge",
        }
        told = {words: run(tree, *words) for words in works}
        assert {w: t.stderr for w, t in told.items() if t.returncode or works[w] not in t.stdout} == {}
        refused = run(tree, "run", "site=half")
        wanted = (
            "no parameter 'site.gruops'. Nearest: site.groups", "has no note", "site.population (inhabitants) has no",
            "site.members: 60", "site.attacks_per_year: 8.6", "site.rivals_mean: 1.5", "sites/half.yaml",
        )  # fmt: skip
        assert refused.returncode == 2 and [text for text in wanted if text not in refused.stderr] == []
        broken = run(tree, "run", "site=broken")
        assert broken.returncode == 2 and "broken.yaml" in broken.stderr and "not valid YAML" in broken.stderr
    finally:
        for name in files:
            (tree / SITES / f"{name}.yaml").unlink()


@pytest.mark.slow
def test_a_site_of_at_most_two_files_goes_through_every_kind_of_command(root: Path, tree: Path) -> None:
    facts, choices = blocks(root)
    (tree / SITES / "fjordby.yaml").write_text(facts, "utf-8")
    made = run(tree, "new-site", "Elvby", *COUNTS, "--detonations", "1", "--site", str(tree))
    assert made.returncode == 0, made.stderr
    assert strict_yaml.read_yaml(tree / SITES / "elvby.yaml")
    told = run(tree, "run", "site=fjordby", *SMALL, "--out", "made")
    assert told.returncode == 0 and "values of Fjordby's country (NO)" in " ".join(told.stdout.split()), told.stderr
    (tree / CHOICES / "fjordby.yaml").write_text(choices, "utf-8")
    for words in (
        ("run", "site=elvby", *SMALL),
        ("attribute", "site=fjordby", *SMALL),
        ("levers", "check", "site=fjordby", *SMALL[:2], "--replicates", "4", "--seed", "1"),
        ("report", "made", "--lang", "sv"),
        ("sweep", "site=fjordby,elvby", "programme.sanction_certainty=0,1", *SMALL),
    ):
        done = run(tree, *words)
        assert done.returncode == 0, (words, done.stderr)
    told = run(tree, "run", "site=fjordby", *SMALL)
    assert (
        "Fjordby lies in NO" in told.stdout and "site.country = SE" in run(tree, "run", "--cfg", "site=fjordby").stdout
    )
    assert "FB-01: Fjordby municipality (2024)" in run(tree, "evidence", "site.population", "--place", "fjordby").stdout
