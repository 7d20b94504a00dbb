"""An environment with boilerbench and whatever else a test installs, made in a second or two."""

import os
import site
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

SAMPLE = Path(__file__).resolve().parents[1] / "plugin"


@dataclass(frozen=True)
class Installed:
    """A Python environment beside ours, which sees our packages too."""

    python: Path

    def run(
        self, *arguments: str | Path, cwd: Path | None = None, module: str = "boilerbench"
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self.python), "-m", module, *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=cwd,
            timeout=300,
        )

    def install(self, project: Path) -> None:
        """As `pip install --editable` would, from nowhere but the folder."""
        done = subprocess.run(
            [
                sys.executable, "-m", "uv", "pip", "install", "--quiet", "--offline", "--no-deps",
                "--no-build-isolation", "--python", str(self.python), "--editable", str(project),
            ],
            capture_output=True,
            text=True,
            env=os.environ | {"UV_NO_CONFIG": "1"},
        )  # fmt: skip
        assert done.returncode == 0, done.stderr


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """Makes such environments."""

    def make(name: str) -> Installed:
        folder = tmp_path_factory.mktemp(name) / "venv"
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        (packages,) = folder.glob("lib/python*/site-packages")
        # addsitedir, so that what is installed here in editable mode is found there too.
        ours = [f"import site; site.addsitedir({at!r})" for at in site.getsitepackages()]
        (packages / "ours.pth").write_text("\n".join(ours) + "\n")
        return Installed(folder / "bin" / "python")

    return make


@pytest.fixture(scope="session")
def with_sample(environment) -> Installed:
    """An environment that has the sample plug-in."""
    made = environment("sample")
    made.install(SAMPLE)
    return made
