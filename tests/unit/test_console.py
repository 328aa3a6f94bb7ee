"""What holds for the process of every command: letters, readers that go away."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gvi_sim import console

CODE = "import sys; from gvi_sim.start import main; sys.exit(main())"
SMALL = ("years=1", "burn_in_years=1", "parameters=point", "--replicates", "4", "--seed", "1", "--workers", "1")


def command(root: Path, *words: str, into: object = subprocess.PIPE, **env: str) -> subprocess.CompletedProcess[bytes]:
    """A command of its own process, with ``env`` on top."""
    return subprocess.run(
        [sys.executable, "-c", CODE, *words], cwd=root, env=os.environ | env, stdout=into, stderr=subprocess.PIPE
    )


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-16"])
def test_what_a_terminal_lacks_is_written_with_the_nearest_letters(root: Path, tmp_path: Path, encoding: str) -> None:
    out = str(tmp_path / "out")
    said = []
    told = [("--help",), ("run", "--help"), ("list", "sites"), ("evidence", "site.name"), ("run", "site=brønnøy")]
    if encoding == "ascii":  # the one that lacks most
        told += [("run", *SMALL, "--lang", "sv", "--out", out), ("verify", out), ("report", out)]
    for words in told:
        done = command(root, *words, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
        assert done.returncode in (0, 2) and b"Traceback" not in done.stderr, (words, done.stderr)
        said.append(done.stdout.decode(encoding))
    assert "Upplands-Bro" in said[2] and ("Malmö" if encoding != "ascii" else "Malmo") in said[2]
    assert "�" not in "".join(said)


def test_nearest_letters() -> None:
    console.make_printable()
    for text, encoding, wanted in (
        ("−5 – 3 …", "ascii", "-5 - 3 ..."), ("1\u2009000\u202fkr", "cp1252", "1 000 kr"),
        ("Örebro −1", "cp1252", "Örebro -1"), ("Örebro", "ascii", "Orebro"),
        ("人", "ascii", "?"), ("\udcff", "utf-8", "?"),
    ):  # fmt: skip
        assert text.encode(encoding, "nearest").decode(encoding) == wanted


def test_a_reader_that_goes_away_is_no_fault_and_a_full_disk_is_one(root: Path) -> None:
    heard, told = os.pipe()
    os.close(heard)
    for words in (("--help",), ("list", "keys")):
        done = command(root, *words, into=told)
        assert (done.returncode, done.stderr) == (0, b""), words
    os.close(told)
    with open("/dev/full", "w") as full:
        done = command(root, "list", "keys", into=full)
    assert done.returncode == 1 and done.stderr.count(b"\n") == 1 and b"No space left" in done.stderr


def test_ctrl_c_is_said_once(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    console.when_stopped("on and on")
    console.say_stopped()
    console.say_stopped()
    assert sys.stderr.getvalue() == "on and on\n"  # type: ignore[attr-defined]


def test_nothing_is_swept_that_ends_with_the_command(root: Path) -> None:
    """What looks for cycles in all that was loaded: most of a second after the last word, Ctrl-C's too."""
    for ends in ("lambda: 0", "lambda: signal.raise_signal(signal.SIGINT)"):
        code = (
            "import atexit, gc, signal, sys; from gvi_sim.console import guarded; "
            f"atexit.register(lambda: print(gc.get_freeze_count() > 1000)); sys.exit(guarded({ends}))"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
        assert done.returncode in (0, 130) and done.stdout == "True\n", done
