"""The census of paths: every command on every path, small and in one process, and what must be true of each answer.

One test loops and lists all complaints: a path that fails hides no other. The covering design, the full product, and
every site and package at the full default sizes, carry the marker ``slow``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations, product
from pathlib import Path as File

import pytest

from .answers import complaints_of_folder, complaints_of_text
from .design import AFFORDABLE, FACTORS, WORLDS, Path, covering, full, small

ALIKE = ("--seed", "1")
IN_ONE_PROCESS = (*ALIKE, "--workers", "1")
LEVER = "programme.sanction_certainty=0,1"
TOLD = re.compile(r"^gvi-sim: \S")
Ask = Callable[..., tuple[int, str, str]]


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str], tmp_path: File, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Give a command line as the shell would; exit code, what it printed and what it complained of."""
    from gvi_sim.cli import main

    monkeypatch.chdir(tmp_path)

    def asked(*argv: str) -> tuple[int, str, str]:
        try:
            code = main(argv)
        except SystemExit as left:
            code = int(left.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return asked


def census(paths: Iterable[Path], ask: Ask, here: File, *, is_small: bool = True, again: bool) -> list[str]:
    """The complaints about ``paths``, each with the path that it is about; ``is_small``: few years, in one process.

    ``again``: every folder is reported in the other language and verified, not just the first of each command.
    """
    found, seen = [], set()
    for number, path in enumerate(paths):
        folder = here / f"out-{number}"
        size = (*small(path.world), *IN_ONE_PROCESS) if is_small else ALIKE
        try:
            found += [f"{path}: {said}" for said in walk(path, ask, folder, *size)]
            if folder.exists() and (again or path.command not in seen):
                seen.add(path.command)
                found += [f"{path}: {said}" for said in once_more(path, ask, folder)]
        except Exception as error:  # a traceback is what is looked for: it must not hide the paths after it
            found.append(f"{path}: {type(error).__name__}: {error}")
    return found


def walk(path: Path, ask: Ask, folder: File, *size: str) -> Iterator[str]:
    """One path: the command itself, and what its answer must agree on."""
    command = ["levers", "check"] if path.command == "levers" else [path.command]
    lever = [LEVER] if path.command == "sweep" else []
    out = [] if path.command == "levers" else ["--out", str(folder)]
    runs = [] if path.runs == 0 else ["--replicates", str(path.runs)]
    code, told, complained = ask(*command, *path.words, *lever, *size, *runs, *out, "--lang", path.lang)
    yield from complaints_of_text(told + complained)
    if code == 2 and path.is_idle and path.command in ("attribute", "levers"):
        if not TOLD.match(complained) or folder.exists():
            yield f"a refusal must be one message and leave nothing: {complained!r}"
        return
    if code != 0:
        yield f"exit code {code}: {complained.strip()[-300:]}"
        return
    if not out:
        return
    yield from complaints_of_folder(folder, path, told)


def once_more(path: Path, ask: Ask, folder: File) -> Iterator[str]:
    """The report in the other language, and a sample made again."""
    other = path._replace(lang="sv" if path.lang == "en" else "en")
    for command, *options in (("report",), ("verify", "--sample", "1", "--seed", "1")):
        code, told, complained = ask(command, str(folder), *options, "--lang", other.lang)
        if code != 0:
            yield f"{command}: exit code {code}: {(told + complained).strip()[-300:]}"
        yield from complaints_of_text(told + complained)
    yield from complaints_of_folder(folder, other, None)


def test_the_covering_design_holds_every_pair() -> None:
    values, rows = list(FACTORS.values()), covering()
    for one, two in combinations(range(len(values)), 2):
        assert set(product(values[one], values[two])) == {(row[one], row[two]) for row in rows}


def test_every_world_gives_one_answer(ask: Ask, tmp_path: File) -> None:
    """Every site and package, the commands in turn: of each world one row of the covering design."""
    rows = [covering()[len(AFFORDABLE) * number + number % len(AFFORDABLE)] for number in range(len(WORLDS))]
    assert {row.world for row in rows} == set(WORLDS) and {row.command for row in rows} == set(AFFORDABLE)
    complaints = census(rows, ask, tmp_path, again=False)
    assert not complaints, "\n".join(complaints)


@pytest.mark.slow
def test_every_pair_of_choices_gives_one_answer(ask: Ask, tmp_path: File) -> None:
    """Every command with every site and package, every number of runs, drawn and at point values, in both languages."""
    complaints = census(covering(), ask, tmp_path, again=False)
    assert not complaints, "\n".join(complaints)


@pytest.mark.slow
def test_every_combination_gives_one_answer(ask: Ask, tmp_path: File) -> None:
    """The full product."""
    complaints = census(full(), ask, tmp_path, again=True)
    assert not complaints, "\n".join(complaints)


@pytest.mark.slow
def test_every_site_and_package_at_the_full_default(ask: Ask, tmp_path: File) -> None:
    """What a user runs: default draws, default sizes, all that the report holds."""
    paths = [Path("run", "ensemble", world, 0, ("en", "sv")[number % 2]) for number, world in enumerate(WORLDS)]
    complaints = census(paths, ask, tmp_path, is_small=False, again=False)
    assert not complaints, "\n".join(complaints)
