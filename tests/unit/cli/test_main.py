"""The command line: exit codes, messages, and nothing written when the command is not right."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gvi_sim.cli import main

SMALL = ("site=huddinge", "years=1", "burn_in_years=0.5", "--replicates", "3", "--workers", "1")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def exit_code(*argv: str) -> int:
    """What the shell would see."""
    try:
        return main(argv)
    except SystemExit as left:
        return int(left.code or 0)


WRONG = [
    (("run", "programme.sanction_certanty=1"), "Nearest: programme.sanction_certainty"),
    (("run", "exit.offer_rate=2"), "must lie in [0, 1]"),
    (("run", "exit.offer_rate=many"), "exit.offer_rate"),
    (("run", "programme.sanction_certainty=0,0.5"), "gvi-sim sweep programme.sanction_certainty=0,0.5"),
    (("run", "programme.stop_date=2001-01-01"), "programme.start_date"),
    (("run", "site=hudinge"), "Nearest: huddinge"),
    (("run", "replicates=5"), "--replicates 5"),
    (("run", "--replicates", "1"), "replicates = 1"),
    (("run", "--seed", "-4"), "seed = -4"),
    (("run", "--workers", "0"), "workers = 0"),
    (("run", "--lang", "de"), "en (English) or sv (Swedish)"),
    (("run", "missing.yaml"), "missing.yaml"),
    (("run", "hydra.run.dir=x"), "hydra.*"),
    (("sweep",), "at least one key with several values"),
    (("sweep", "experiment=certainty_by_exits"), "Nearest: certainty_by_exit"),
    (("report", "nowhere"), "no results folder"),
    (("evidence", "exit.ofer_rate"), "Nearest: exit.offer_rate"),
    (("evidence", "--grade", "X"), "grades are A, B, C, D"),
    (("evidence", "--place", "malmoe"), "Nearest: malmo"),
    (("calibrate", "nowhere.csv", "site=malmo"), "nowhere.csv cannot be read"),
    (("robustness", "site=malmo", "--points", "9"), "was withdrawn"),
    (("list", "site"), "Nearest: sites"),
]


@pytest.mark.parametrize(("argv", "message"), WRONG, ids=[" ".join(argv) for argv, _ in WRONG])
def test_a_mistake_is_told_once_and_nothing_is_written(
    argv: tuple[str, ...], message: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(*argv) == 2
    told = capsys.readouterr()
    assert message in told.err and told.out == ""
    assert told.err.startswith("gvi-sim: ") and told.err.count("\n") == 1
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("argv", [("frobnicate",), ("run", "--frob"), ("run", "--seed", "x"), ("list", "a", "b")])
def test_an_unknown_command_or_option_shows_what_is_known(
    argv: tuple[str, ...], here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code(*argv) == 2
    assert "usage: gvi-sim" in capsys.readouterr().err
    assert list(here.iterdir()) == []


def test_without_a_command_help_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code() == 0
    assert "run" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["run", "sweep", "report", "evidence", "list", "attribute", "new-site"])
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(command, "--help") == 0
    assert f"usage: gvi-sim {command}" in capsys.readouterr().out


@pytest.mark.parametrize("command", [["--help"], ["list"], ["list", "keys"], ["evidence"]])
def test_what_only_tells_answers_at_once_and_without_the_engine(command: list[str], root: Path) -> None:
    code = (
        f"import sys; from gvi_sim.cli import main\ntry: main({command!r})\nexcept SystemExit: pass\n"
        "assert 'numba' not in sys.modules and 'numpy' not in sys.modules"
    )
    spent = []
    for _ in range(3):
        before = os.times()
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, cwd=root)
        after = os.times()
        spent.append(after.children_user + after.children_system - before.children_user - before.children_system)
    assert min(spent) < 1.0  # processor time: 0.15 s for --help and 0.55 s for lists


def test_the_scenario_is_printed_with_where_each_value_comes_from(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("run", "--cfg", "years=3", "programme=none") == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("years = 3") and line.endswith("# an override") for line in lines)
    assert any("conf/programme/none.yaml" in line for line in lines)
    assert exit_code("sweep", "--cfg", "experiment=certainty_by_exit") == 0
    assert "25 cells" in capsys.readouterr().out
    assert list(here.iterdir()) == []


def test_lists_name_what_there_is(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("list") == 0
    told = capsys.readouterr().out
    assert all(word in told for word in ("site=malmo", "programme=none", "experiment=certainty_by_exit"))
    assert exit_code("list", "keys") == 0
    assert "exit.offer_rate" in capsys.readouterr().out
    assert exit_code("evidence", "exit.assessment_pass") == 0
    assert "EX-07" in capsys.readouterr().out
    assert exit_code("evidence") == 0
    assert len(capsys.readouterr().out.splitlines()) > 100


def test_a_run_ends_with_the_answer_the_report_and_the_next_command(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exit_code("run", *SMALL, "--seed", "1", "exit.places=7") == 0
    told = capsys.readouterr()
    (folder,) = (here / "runs").iterdir()
    assert folder.name.endswith("-huddinge-gvi") and (folder / "report.html").is_file()
    assert "The model says: cannot tell" in told.out, "three runs of a year tell nothing"
    assert "Try next: gvi-sim sweep experiment=certainty_by_exit" in told.out
    assert f"{Path('runs') / folder.name / 'report.html'}" in told.out
    assert "runs, " not in told.err  # no progress line where nobody watches
    page = (folder / "report.html").read_text("utf-8")
    assert "gvi-sim run site=huddinge years=1 burn_in_years=0.5 exit.places=7 --replicates 3 --seed 1" in page


@pytest.mark.slow
def test_the_report_comes_again_in_swedish_and_quietly(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = here / "mål och medel"
    assert exit_code("run", *SMALL, "--seed", "1", "--out", str(out), "--quiet") == 0
    assert capsys.readouterr().out == f"{out / 'report.html'}\n"
    assert exit_code("report", str(out), "--lang", "sv") == 0
    assert "Skrev" in capsys.readouterr().out
    assert "Modellen" in (out / "report.html").read_text("utf-8")


@pytest.mark.slow
def test_the_same_run_goes_into_a_new_folder_and_gives_the_same_events(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert exit_code("run", *SMALL, "--seed", "1", "--quiet") == 0
    folders = sorted((here / "runs").iterdir())
    assert len(folders) == 2 and folders[1].name.endswith("-2")
    hashes = {json.loads((folder / "manifest.json").read_text("utf-8"))["event_hash"] for folder in folders}
    assert len(hashes) == 1


def test_without_a_programme_the_next_command_offers_one(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("run", *SMALL, "--seed", "1", "programme=none", "--out", "x") == 0
    told = capsys.readouterr().out
    assert "programme=gvi" in told and "without a programme, Huddinge has on average" in told


@pytest.mark.slow
def test_without_the_municipality_it_runs_and_says_why(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code("run", *SMALL, "--seed", "1", "programme=no_municipality", "--out", "x") == 0
    assert "Without the municipality, no GVI in Huddinge" in capsys.readouterr().out


@pytest.mark.slow
def test_a_sweep_writes_its_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("programme.sanction_certainty=0,1", "exit.offer_rate=0,1")
    assert exit_code("sweep", *SMALL, "--seed", "1", *words, "--out", "swept") == 0
    assert "depending on the choice made" in capsys.readouterr().out
    page = (here / "swept" / "report.html").read_text("utf-8")
    assert "gvi-sim sweep site=huddinge" in page


def test_runs_of_one_scenario_have_no_report_and_a_hint(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from gvi_sim.config import load_scenario
    from gvi_sim.simulate import simulate

    simulate(load_scenario("years=1", "burn_in_years=0.5"), replicates=2, seed=1, workers=1, out=here / "runs")
    assert exit_code("report", "runs") == 2
    assert "scenario.yaml" in capsys.readouterr().err


@pytest.mark.slow
def test_ctrl_c_keeps_what_is_done_and_says_how_to_go_on(here: Path, root: Path) -> None:
    code = "import sys; from gvi_sim.cli import main; sys.exit(main(sys.argv[1:]))"
    out = here / "stopped"
    argv = [
        "run",
        "site=malmo",
        "--replicates",
        "20000",
        "--seed",
        "1",
        "--workers",
        "1",
        "--yes",
        "--out",
        str(out),
    ]
    process = subprocess.Popen(
        [sys.executable, "-c", code, *argv],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not list(out.glob("tables/outcomes/*.parquet")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Stopped." in told and "--seed 1" in told and "Traceback" not in told
    assert json.loads((out / "manifest.json").read_text("utf-8"))["status"] == "unfinished"


@pytest.mark.slow
def test_more_processes_than_processors_are_capped_and_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("run", *SMALL, "--replicates", "2", "--seed", "1", "--parameters", "point")
    assert exit_code(*words, "--workers", "1000", "--out", "many", "--lang", "sv") == 0
    assert "1\u202f000 processer begärdes" in capsys.readouterr().err
    assert exit_code(*words, "--workers", "1000", "--out", "quiet", "--quiet") == 0
    assert capsys.readouterr().err == ""


@pytest.mark.slow
def test_what_takes_long_is_told_or_asks_for_yes(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gvi_sim.cli import job
    from gvi_sim.execution.amounts import resource_estimate

    words = ("run", *SMALL, "--replicates", "2", "--seed", "1", "--workers", "1", "--parameters", "point")
    monkeypatch.setattr(job, "LONG", 0.0)
    assert exit_code(*words, "--out", "told") == 0
    assert re.search(r"This takes about \d+ s and \d+ MB of memory\.", capsys.readouterr().err)
    monkeypatch.setattr(resource_estimate, "LONGEST_SECONDS", 1e-6)
    assert exit_code(*words, "--out", "refused") == 2
    assert "--yes" in capsys.readouterr().err and not (here / "refused").exists()
    assert exit_code(*words, "--yes", "--out", "yes") == exit_code(*words, "--force", "--out", "force") == 0


@pytest.mark.slow
def test_what_was_read_is_said_first_in_both_languages(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = (*SMALL, "exit.acceptance", "=", "50 %", "site.shootings_per_year=4", "site=Örebro", "--seed", "1")
    for lang, first in (("en", "exit.acceptance: 50 % is read as 0.5"), ("sv", "exit.acceptance: 50 % läses som 0,5")):
        assert exit_code("run", *words, "--replicates", "2", "--out", lang, "--lang", lang) == 0
        lines = capsys.readouterr().out.splitlines()
        assert lines[0] == first and "site.shootings_per_year=4" in lines[1] and lines[1].startswith("Örebro")
    assert exit_code("sweep", *SMALL, "programme.sanction_certainty=0, 5%", "--replicates", "2", "--out", "s") == 0
    assert capsys.readouterr().out.startswith("programme.sanction_certainty: 2 values, 0, 0.05\n")
    assert exit_code("run", "--cfg", *words) == 0
    cfg = capsys.readouterr().out
    assert "typed 50 %" in cfg and "the dated share of detonations is off" in cfg
