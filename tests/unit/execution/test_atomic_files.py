"""Files are whole or absent, names cannot lead out of the folder, and a full disk leaves nothing
half-visible.
"""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from each import each
from hypothesis import given
from hypothesis import strategies as st

from gvi_sim.errors import StoreError
from gvi_sim.execution.storage import atomic_files

ESCAPES = (
    "", ".", "..", "../x", "a/../../x", "/etc/passwd", "//host/x", "a\\b", "..\\x", "%2e%2e%2fx", "a/..",
    "a\0b", "~root", "C:/x", "C:x", "con", "NUL.txt", "com1.parquet", "a.", "a ", " a", "x" * 81, "a:b",
    "$HOME", "a\nb", "tables/../../x",
)  # fmt: skip


@each("relative", ESCAPES)
def test_a_path_that_leads_out_is_refused(tmp_path: Path, relative: str) -> None:
    with pytest.raises(StoreError):
        atomic_files.inside(tmp_path, relative)


@given(st.text(max_size=60))
def test_no_text_leads_out(text: str) -> None:
    root = Path("/nowhere/results")
    try:
        path = atomic_files.inside(root, text)
    except StoreError:
        return
    assert path.is_relative_to(root) and ".." not in path.parts


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / "tables").symlink_to(outside)
    with pytest.raises(StoreError, match="symbolic"):
        atomic_files.inside(root, "tables/x")


@pytest.mark.parametrize("relative", ["manifest.json", "tables/attacks/a.parquet", "figures/Malmö år 2.svg"])
def test_ordinary_paths_pass(tmp_path: Path, relative: str) -> None:
    assert atomic_files.inside(tmp_path, relative) == tmp_path / relative


def test_writing_gives_the_hash_and_replaces(tmp_path: Path) -> None:
    path = tmp_path / "new" / "x.bin"
    assert atomic_files.write_atomic(path, b"one") == hashlib.sha256(b"one").hexdigest()
    atomic_files.write_atomic(path, b"two")
    assert path.read_bytes() == b"two"
    assert [item.name for item in path.parent.iterdir()] == ["x.bin"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "x.bin"
    atomic_files.write_atomic(path, b"old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, failing, full)
    with pytest.raises(StoreError, match=r"x\.bin.*5 bytes.*No space left"):
        atomic_files.write_atomic(path, b"12345")
    assert path.read_bytes() == b"old"
    assert [item.name for item in tmp_path.iterdir()] == ["x.bin"]


def test_a_real_size_limit_is_reported(tmp_path: Path, root: Path) -> None:
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from gvi_sim.execution.storage.atomic_files import write_atomic\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_atomic(Path(sys.argv[1]), b'x' * 5000)"
    )
    run = [sys.executable, "-c", code, str(tmp_path / "big.bin")]
    done = subprocess.run(run, capture_output=True, text=True, cwd=root, check=False)
    assert done.returncode == 1 and "5,000 bytes" in done.stderr and "big.bin" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_parts_of_stopped_writers_are_removed(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / f".0123{atomic_files.PART}").write_bytes(b"half")
    (tmp_path / "tables" / "whole.parquet").write_bytes(b"whole")
    atomic_files.remove_parts(tmp_path)
    assert [path.name for path in (tmp_path / "tables").iterdir()] == ["whole.parquet"]


def test_a_changed_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    sha256 = atomic_files.write_atomic(path, b"abc")
    assert atomic_files.read_verified(path, sha256) == b"abc"
    path.write_bytes(b"abd")
    with pytest.raises(StoreError, match="changed or damaged"):
        atomic_files.read_verified(path, sha256)
