"""Nothing read from a file runs: watched by an audit hook, and by what the source may not contain."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import matplotlib
import pytest

from gvi_sim.kernel.compiler import FOLDER

from .hostile import MARK, TRACE, VARIABLE, files

SMALL = ("years=1", "burn_in_years=0.5", "--replicates", "3", "--seed", "1", "--quiet")
ODD = {
    "smtplib",
    "ftplib",
    "telnetlib",
    "http.server",
    "xmlrpc",
    "webbrowser",
    "tkinter",
    "shelve",
    "dill",
    "joblib",
}
REFUSED = ("tag exec", "target", "hydra run", "lookup env")
FIXED = ("'git', ['git', '-C',", "'fc-list', ['fc-list',")  # the version of a source tree; matplotlib's fonts


def watched(folder: Path, *words: str) -> dict[str, Any]:
    """What the guard saw while a command ran in ``folder``."""
    assert FOLDER is not None
    log = folder.parent / "log.json"
    script = Path(__file__).with_name("watched.py")
    caches = os.pathsep.join((str(FOLDER.parent), matplotlib.get_configdir(), matplotlib.get_cachedir()))
    command = [sys.executable, str(script), str(folder), caches, str(log), *words]
    environment = {**os.environ, VARIABLE: MARK}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert log.is_file(), done.stderr
    found: dict[str, Any] = json.loads(log.read_text("utf-8"))
    return {**found, "told": done.stdout + done.stderr}


def unexpected(found: dict[str, Any]) -> list[Any]:
    """What was seen but for two programs that are asked with fixed words."""
    return [seen for seen in found["seen"] if seen[0] != "subprocess.Popen" or not seen[1][1:].startswith(FIXED)]


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("audit") / "work"
    folder.mkdir()
    (folder / "mine.yaml").write_text("site: huddinge\nsite.name: Byn\n", "utf-8")
    return folder, watched(folder, "run", "--scenario", "mine.yaml", *SMALL, "--workers", "1", "--out", "out")


def test_a_run_writes_into_its_folder_and_starts_and_calls_nothing(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, found = ran
    assert found["code"] == 0, found["told"]
    assert unexpected(found) == []
    assert not ODD & set(found["modules"])
    assert (folder / "out" / "report.html").is_file()


def test_no_value_of_the_environment_is_in_what_a_run_leaves(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, found = ran
    secret = [MARK, *(os.environ[name] for name in ("HOME",) if len(os.environ.get(name, "")) > 5)]
    kept = [path.read_bytes() for path in (folder / "out").rglob("*") if path.is_file()]
    assert kept and not any(value.encode() in content for value in secret for content in kept)
    assert MARK not in found["told"]


@pytest.mark.slow
def test_a_report_from_the_store_runs_nothing(ran: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = ran
    found = watched(folder, "report", "out", "--lang", "sv", "--quiet")
    assert found["code"] == 0 and unexpected(found) == [], found


def test_hostile_files_open_nothing_for_writing(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    for name in REFUSED:
        (folder / "theirs.yaml").write_bytes(files()[name])
        found = watched(folder, "run", "--scenario", "theirs.yaml", *SMALL)
        assert found["code"] == 2 and found["seen"] == [] and MARK not in found["told"]
    assert not list(tmp_path.rglob(f"*{TRACE}*"))


@pytest.mark.slow
def test_the_guard_sees_what_it_is_there_for(tmp_path: Path) -> None:
    """A command that does write elsewhere is seen: the test above could fail."""
    folder = tmp_path / "work"
    folder.mkdir()
    found = watched(folder, "run", *SMALL, "--workers", "1", "--out", str(tmp_path / "elsewhere"))
    assert any(event[0] in {"open", "os.mkdir"} for event in found["seen"])


# --- the source ------------------------------------------------------------------------------------------

CALLS = {"eval", "exec", "compile", "__import__", "input", "breakpoint"}
ATTRIBUTES = {
    ("yaml", name) for name in ("load", "load_all", "unsafe_load", "full_load", "unsafe_load_all", "full_load_all")
} | {
    ("os", "system"),
    ("os", "popen"),
    ("os", "execv"),
    ("pickle", "load"),
    ("pickle", "loads"),
    ("marshal", "loads"),
    ("pd", "read_pickle"),
    ("pandas", "read_pickle"),
    ("joblib", "load"),
    ("hydra", "instantiate"),
    ("OmegaConf", "resolve"),
    ("OmegaConf", "load"),
}
# The first compiles on a second processor, once; the other asks git for the commit of a source tree.
SHELLS = ("gvi_sim/dynamics/first_compilation.py", "gvi_sim/execution/planning/machine.py")


def modules(root: Path) -> list[Path]:
    return sorted((root / "gvi_sim").rglob("*.py"))


def suspects(tree: ast.AST) -> list[str]:
    """Calls that could run what a file says."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in CALLS:
            found.append(f"{node.lineno} {node.func.id}")
        if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
            if (node.func.value.id, node.func.attr) in ATTRIBUTES:
                found.append(f"{node.lineno} {node.func.value.id}.{node.func.attr}")
        if any(word.arg in {"allow_pickle", "shell"} and not _is_false(word.value) for word in node.keywords):
            found.append(f"{node.lineno} allow_pickle or shell")
    return found


def _is_false(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def test_the_source_evaluates_and_unpickles_nothing(root: Path) -> None:
    found = {path.relative_to(root).as_posix(): suspects(ast.parse(path.read_text("utf-8"))) for path in modules(root)}
    # What the compiler kept of its own, after its seal was checked.
    assert [place.split()[1] for place in found.pop("gvi_sim/kernel/compiled_cache.py")] == ["pickle.loads"]
    # A person at a terminal is asked for a line, which is read as text.
    assert [place.split()[1] for place in found.pop("gvi_sim/cli/new_site.py")] == ["input"]
    assert {name: places for name, places in found.items() if places} == {}


IMPORTING = {
    "exec_module",
    "load_module",
    "module_from_spec",
    "spec_from_loader",
    "spec_from_file_location",
    "run_path",
}
BY_PATH = "gvi_sim/model/lever_file.py"


def importing(tree: ast.AST) -> list[str]:
    """Names of what could make a module of a file, wherever they stand."""
    names = [node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "") for node in ast.walk(tree)]
    imported = [
        f"{getattr(node, 'module', '')}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    ]
    machinery = [name for name in imported if re.search(r"\bimportlib\.(util|abc|machinery)|\brunpy\b|\bimp$", name)]
    return [*sorted(IMPORTING & set(names)), *machinery]


@pytest.mark.slow
def test_one_module_imports_a_file_and_only_the_option_reaches_it(root: Path) -> None:
    """A lever of a user's own: its file stands on the command line, never in a scenario, a result or a page."""
    trees = {path.relative_to(root).as_posix(): ast.parse(path.read_text("utf-8")) for path in modules(root)}
    assert [name for name, tree in trees.items() if importing(tree)] == [BY_PATH]
    reaching = [name for name in trees if "lever_from" in (root / name).read_text("utf-8")]
    assert reaching == ["gvi_sim/cli/options.py", BY_PATH]
    assert importing(ast.parse("import runpy\nrunpy.run_path('a')")) and importing(ast.parse("s.loader.exec_module(m)"))


def test_the_file_of_a_lever_leaves_nothing_beside_it_and_no_file_names_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from gvi_sim.cli import main

    monkeypatch.chdir(tmp_path)
    trace = tmp_path / "trace"
    code = f"import pathlib\npathlib.Path({str(trace)!r}).touch()\n"
    code += "class Idle:\n    def next_time(self, t): return float('inf')\n"
    (tmp_path / "mine.py").write_text(code + "    def apply(self, model, t): ...\n", "utf-8")
    for text in ("lever: mine.py:Idle\n", "levers: [mine.py:Idle]\n", "--lever: mine.py:Idle\n"):
        (tmp_path / "theirs.yaml").write_text(f"site: huddinge\n{text}", "utf-8")
        assert main(["run", "--scenario", "theirs.yaml", *SMALL]) == 2
    assert main(["run", "lever=mine.py:Idle", *SMALL]) == 2
    assert not trace.exists()
    assert main(["run", "--lever", "mine.py:Idle", "--cfg"]) == 0 and trace.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"mine.py", "theirs.yaml", "trace"}  # no compiled copy
    capsys.readouterr()


def test_only_one_module_starts_a_program(root: Path) -> None:
    starting = [path for path in modules(root) if "import subprocess" in path.read_text("utf-8")]
    assert [path.relative_to(root).as_posix() for path in starting] == list(SHELLS)


@pytest.mark.parametrize(
    "text",
    ["eval('1')", "yaml.load(x)", "np.load(x, allow_pickle=True)", "pd.read_pickle(x)", "run(x, shell=True)"],
)
def test_the_rule_can_fail(text: str) -> None:
    assert suspects(ast.parse(text))
