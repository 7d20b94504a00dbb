"""How a worker is started: its process, its command and its environment variables."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from boilerbench import worker
from boilerbench.types import ExtractorSpec


def start(spec: ExtractorSpec, folder: str) -> tuple[subprocess.Popen[bytes], BinaryIO | None]:
    """The worker's process, with `folder` as its own; and, where it becomes another program, the
    stream on which `sealed.py` reports how the network is refused to that. Raises `OSError`."""
    report = report_to = None
    variables = environment(folder, spec)
    if spec.command or spec.runtime == "node":
        report, report_to = os.pipe()
        variables["BOILERBENCH_SEAL_FD"] = str(report_to)
    try:
        process = subprocess.Popen(
            start_command(spec),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            cwd=folder,
            env=variables,
            start_new_session=True,
            pass_fds=() if report_to is None else (report_to,),
        )
    except OSError:
        if report is not None:
            os.close(report)
        raise
    finally:
        if report_to is not None:
            os.close(report_to)
    return process, None if report is None else os.fdopen(report, "rb")


def start_command(spec: ExtractorSpec) -> list[str]:
    """The command that starts a worker for the spec: our own worker in the spec's environment, or
    another program, which is sealed off before it starts."""
    home = Path(worker.__file__).parent
    sealed = [sys.executable, str(home / "sealed.py")]
    asked = [spec.adapter, json.dumps(dict(spec.options))]
    if spec.command:
        return [*sealed, *spec.command]
    if spec.runtime == "node":
        return [*sealed, "node", str(home / "node" / "worker.mjs"), str(spec.environment), *asked]
    python = str(Path(spec.environment) / "python" / "bin" / "python") if spec.environment else None
    return [python or sys.executable, str(home / "__main__.py"), *asked]


def environment(folder: str, spec: ExtractorSpec) -> dict[str, str]:
    """A worker's environment variables: the same everywhere, so that a result is. Set iteration
    follows the hash seed, and more threads than one would count another's cores as speed. A command
    learns its options from them."""
    asked = {"BOILERBENCH_OPTIONS": json.dumps(dict(spec.options))} if spec.command else {}
    if spec.is_service:  # the keys that its headers name
        written = spec.adapter + json.dumps(spec.options.get("headers", {}))
        named = re.findall(r"\$\{(\w+)\}", written)
        asked = {name: os.environ[name] for name in named if name in os.environ}
    return {
        **asked,
        "PATH": os.environ.get("PATH", os.defpath),
        "HOME": folder,
        "TMPDIR": folder,
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
    }


def fingerprint(command: Sequence[str]) -> str:
    """Of a command that states no release: of its parts, and of what is in those that are files."""
    known = hashlib.sha256()
    for part in command:
        known.update(Path(part).read_bytes() if Path(part).is_file() else part.encode())
    return known.hexdigest()[:8]
