"""`boilerbench serve` from the shell."""

import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.cli.shell import boilerbench


def test_it_serves_until_it_is_interrupted(finished, tmp_path: Path) -> None:
    finished(tmp_path / "run", {"p": "a"}, {"c": {"x": {"p": ("ok", "a", 0.1)}}})
    command = [sys.executable, "-m", "boilerbench", "serve", str(tmp_path / "run")]
    served = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert served.stdout is not None
        address = served.stdout.readline().split()[0]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.urlopen(address, timeout=20) as answer:
            assert answer.url == f"{address}live"
        served.send_signal(signal.SIGINT)
        _, complaint = served.communicate(timeout=20)
    finally:
        served.kill()
    assert complaint == ""
    assert served.returncode == 0


def test_what_is_no_run_is_refused(tmp_path: Path) -> None:
    done = boilerbench("serve", tmp_path)
    assert done.returncode == 2
    assert "is not a run" in done.stderr
    assert "Traceback" not in done.stderr
