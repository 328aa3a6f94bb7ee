"""Scenario files of somebody else through the real command: refused, within five seconds, leaving nothing."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import time
from itertools import product
from pathlib import Path

import pytest
from each import each

from gvi_sim.cli import main
from gvi_sim.config import Scenario, load_scenario
from gvi_sim.errors import ScenarioError
from gvi_sim.experiment.design_files import design_from

from .hostile import MARK, TRACE, VARIABLE, files

FILES = files()
SECONDS = 5.0  # of the processor, which a busy machine does not stretch
WAITED = 60.0  # by the clock: a file that keeps a command waiting takes no processor
SAMPLE = ("tag exec", "hydra run", "lookup env", "laughs", "deep lists", "huge members", "terminal", "pickle")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder of its own, and a value in the environment that nobody may see."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(VARIABLE, MARK)
    return tmp_path


def put(folder: Path, name: str) -> Path:
    path = folder / "theirs.yaml"
    path.write_bytes(FILES[name])
    return path


def left(folder: Path) -> list[str]:
    """What lies in a folder, the scenario file apart, and beside it."""
    return [str(path) for path in (*folder.rglob("*"), *folder.parent.glob(f"*{TRACE}*")) if path.name != "theirs.yaml"]


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 100


@each("command, name", product(("run", "sweep"), FILES))
def test_a_hostile_file_ends_with_two_and_one_message(
    command: str, name: str, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    put(here, name)
    axis = ("exit.places=1,2",) if command == "sweep" else ()
    start, begun = time.process_time(), time.monotonic()
    code = main([command, "--scenario", "theirs.yaml", *axis, "--replicates", "2", "--workers", "1", "--quiet"])
    told = capsys.readouterr()
    assert time.process_time() - start < SECONDS and time.monotonic() - begun < WAITED
    assert code == 2, told.err
    assert told.out == "" and told.err.startswith("gvi-sim: ") and "Traceback" not in told.err
    assert MARK not in told.err and len(told.err) < 1500
    assert all(letter.isprintable() or letter == "\n" for letter in told.err)
    assert left(here) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", SAMPLE)
def test_a_hostile_file_through_a_process_of_its_own(name: str, root: Path, here: Path) -> None:
    put(here, name)
    command = [sys.executable, "-c", "from gvi_sim.cli import main; raise SystemExit(main())"]
    words = ["run", "--scenario", "theirs.yaml", "--replicates", "2", "--workers", "1"]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    done = subprocess.run(
        [*command, *words], cwd=here, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 2, done.stderr
    assert MARK not in done.stdout + done.stderr and "Traceback" not in done.stderr
    assert left(here) == []


LINES = {
    "years: 5\nexit:\n  places: 010\n": ("theirs.yaml:3", "exit.places"),
    "years: 5\n\nstrict: no\n": ("theirs.yaml:3", "strict"),
    "exit.acceptance: 1.4\n": ("theirs.yaml:1", "exit.acceptance"),
    "calendar:\n  season: [1]\n": ("theirs.yaml:2", "calendar.season"),
    "a: 1\nb: !x 2\n": ("theirs.yaml:2", "!x"),
    "years: 5\r\nexit.plases: 3\r\n": ("theirs.yaml:2", "exit.places"),
    "sites:\n  malmo:\n    exit.acceptance: 7\n": ("theirs.yaml:3", "exit.acceptance"),
}


@pytest.mark.parametrize("text", LINES)
def test_a_message_names_file_line_and_key(text: str, here: Path) -> None:
    path = here / "theirs.yaml"
    path.write_bytes(text.encode())
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert all(part in str(caught.value) for part in LINES[text])


def test_words_that_yaml_would_turn_into_something_else_are_read_as_written(here: Path) -> None:
    for word in ("no", "010", "0x1F", "12:30", "1_000", "１２", "yes", "Null Island", "1e400", "=1+1"):
        (here / "theirs.yaml").write_text(f"site.name: {word}\n", "utf-8")
        assert load_scenario(here / "theirs.yaml").site.name == word


def test_marks_and_line_ends_that_mean_nothing_are_no_fault(here: Path) -> None:
    expected = load_scenario("years=5", "exit.places=3")
    for raw in (
        b"\xef\xbb\xbfyears: 5\nexit.places: 3\n",
        b"years: 5\r\nexit.places: 3\r\n",
        b"years: 5\rexit.places: 3",
    ):
        (here / "theirs.yaml").write_bytes(raw)
        assert load_scenario(here / "theirs.yaml") == expected
        assert Scenario.from_yaml(raw) == expected


@each("name", FILES)
def test_an_upload_meets_the_same_loader(name: str, here: Path) -> None:
    if name == "huge members":  # a scenario all the same; the run is refused for its size
        return
    with pytest.raises(ScenarioError) as caught:
        Scenario.from_yaml(FILES[name], "upload.yaml")
    assert MARK not in str(caught.value)


def test_what_is_no_file(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(here / "pipe.yaml")
    (here / "folder").mkdir()
    (here / "loop.yaml").symlink_to("loop.yaml")
    paths = {
        "none.yaml": "does not exist",
        "folder": "is a folder",
        "pipe.yaml": "is a device or pipe",
        "/dev/zero": "is a device or pipe",
        "loop.yaml": "cannot be read",
        "x" * 5000: "cannot be read",
        "a\0b": "is no path",
    }
    for path, message in paths.items():
        for command in (("run",), ("sweep", "exit.places=1,2")):
            assert main([*command, "--scenario", path]) == 2
            assert message in capsys.readouterr().err
    assert main(["run", "x" * 5000]) == 2


def test_a_file_without_permission(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = here / "theirs.yaml"
    path.write_text("years: 5\n", "utf-8")
    path.chmod(0)
    if os.access(path, os.R_OK):  # a superuser reads everything, so the refusal is played

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(ScenarioError, match=r"theirs\.yaml cannot be read \(Permission denied\)"):
        load_scenario(path)
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)


def test_overrides_go_on_top_of_the_file_and_the_command_is_remembered(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "mine.yaml").write_text("site: malmo\nyears: 5\n", "utf-8")
    assert main(["run", "--scenario", "mine.yaml", "years=3", "--cfg"]) == 0
    shown = capsys.readouterr().out
    assert "mine.yaml:1" in shown or "Malmö" in shown
    assert main(["run", "--scenario", "mine.yaml", "mine.yaml"]) == 2
    assert "a scenario comes from one file" in capsys.readouterr().err
    assert main(["sweep", "--scenario", "mine.yaml", "exit.places=1,2", "--cfg"]) == 0


EXPERIMENTS = {
    "a file in base": "base: [/etc/passwd]\naxes: {exit.places: [1, 2]}\n",
    "hydra in base": "base: [hydra.run.dir=x]\naxes: {exit.places: [1, 2]}\n",
    "lookup in base": "base: ['site.name=${oc.env:HOME}']\naxes: {exit.places: [1, 2]}\n",
    "target": "_target_: os.system\naxes: {exit.places: [1, 2]}\n",
    "hydra axis": "axes: {hydra.run.dir: [a, b]}\n",
    "tag": "axes: !!python/name:os.system\n",
    "person": "question: what of 811218-9876?\naxes: {exit.places: [1, 2]}\n",
}


@pytest.mark.parametrize("name", EXPERIMENTS)
def test_an_experiment_file_is_data_too(name: str, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / "config.yaml").write_text(EXPERIMENTS[name], "utf-8")
    assert main(["sweep", "experiment=config.yaml", "--replicates", "2", "--quiet"]) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert {path.name for path in here.iterdir()} == {"config.yaml"}


def test_a_sweep_is_refused_before_it_is_written_out() -> None:
    for word in ("years=range(1,1e18)", "site=glob(*)", "years=" + "[" * 3000 + "]" * 3000):
        with pytest.raises(ScenarioError):
            design_from([word])
