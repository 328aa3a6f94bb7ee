"""A manifest of somebody else: whatever it holds, it is read or refused with a reason, never a traceback."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from each import each

from gvi_sim.cli import main
from gvi_sim.config import load_scenario
from gvi_sim.errors import StoreError
from gvi_sim.execution.storage.manifest import KEYS, read_manifest, self_hash
from gvi_sim.simulate import simulate


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    out = tmp_path_factory.mktemp("run") / "out"
    scenario = load_scenario("site=huddinge", "programme=gvi", "years=1", "burn_in_years=1")
    simulate(scenario, replicates=2, seed=1, workers=1, out=out)
    found: dict[str, Any] = json.loads((out / "manifest.json").read_text())
    return found


def put(folder: Path, manifest: Any) -> Path:
    """Write it with the hash it then needs."""
    text = json.dumps(manifest | {"sha256": self_hash(manifest)})
    (folder / "manifest.json").write_text(text)
    return folder


def test_what_is_written_is_read(whole: dict[str, Any], tmp_path: Path) -> None:
    assert read_manifest(put(tmp_path, whole))["seed"] == 1


@each("key, value", product(KEYS, ("missing", None, [], {}, 3.5, "text", True)))
def test_a_missing_or_strange_field_is_named(whole: dict[str, Any], tmp_path: Path, key: str, value: Any) -> None:
    manifest = {**whole, key: value}
    if value == "missing":
        del manifest[key]
    put(tmp_path, manifest)
    try:
        read_manifest(tmp_path, finished=False)
    except StoreError as error:
        assert key in str(error) or "format" in str(error) or "it tells of no run" in str(error)
    else:  # of the kind the key has
        assert isinstance(value, type(whole[key])) or (key, value) in (
            ("commit", None),
            ("event_hash", None),
            ("wall_seconds", 3.5),
            ("commit", "text"),
        )


@pytest.mark.parametrize("arms", [[], [1], [{}], [{"key": 1, "label": "a", "digest": "b"}]])
def test_arms_and_files_have_their_shape(whole: dict[str, Any], tmp_path: Path, arms: list[Any]) -> None:
    with pytest.raises(StoreError, match=r"arms\[0\]|no run"):
        read_manifest(put(tmp_path, whole | {"arms": arms}))
    with pytest.raises(StoreError, match="sha256"):
        read_manifest(put(tmp_path, whole | {"files": {"tables/a.parquet": {"bytes": 3}}}))


HOSTILE = (
    b"", b"[]", b"null", b"3", b"{", b"\xff\xfe", b"\x00", b'{"format": NaN}', b"[" * 200_000, b'{"a":' * 100_000,
    b'{"sha256": {}}', b'{"format": ' + b"9" * 5000 + b"}",
)  # fmt: skip


@each("data, command", product(HOSTILE, ("verify", "report")))
def test_no_manifest_ends_in_a_traceback(
    tmp_path: Path, data: bytes, command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "manifest.json").write_bytes(data)
    assert main([command, str(tmp_path)]) in (1, 2)
    told = capsys.readouterr()
    assert "gvi-sim: " in told.err and "Traceback" not in told.err
