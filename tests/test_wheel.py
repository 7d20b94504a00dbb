"""What `pip install .` outside the checkout gives."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.cli.shell import boilerbench

ROOT = Path(__file__).parent.parent


def test_the_wheel_carries_what_run_needs(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as files:
        names = files.namelist()
        files.extractall(unpacked)
    assert not [name for name in names if "__pycache__" in name or "sources/" in name]
    assert "boilerbench/_shipped/corpora/scrapinghub.toml" in names
    for part in (
        "worker/PROTOCOL.md",
        "worker/node/worker.mjs",
        "extractors/examples/sh/paragraphs.sh",
        "extractors/skeleton/python/pyproject.toml.tmpl",
    ):
        assert f"boilerbench/{part}" in names
    done = boilerbench(
        "run", "-e", "trafilatura", "-e", "everything", "-o", "out",
        cwd=tmp_path, env={"PYTHONPATH": str(unpacked)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    where = "import boilerbench; print(boilerbench.__file__)"
    shown = subprocess.run(
        [sys.executable, "-c", where],
        env={"PYTHONPATH": str(unpacked)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert shown.stdout.startswith(str(unpacked))
