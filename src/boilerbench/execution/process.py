"""One worker process as the harness sees it: started, fed one page at a time, watched, killed.

The parent enforces deadline and memory ceiling. Whatever happens to the process while it has a
page becomes that page's outcome; the next page gets a new process.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import resource
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from boilerbench import worker
from boilerbench.errors import UserError
from boilerbench.execution.descendants import descendants
from boilerbench.types import OUTCOMES, Extraction, ExtractorSpec, Outcome, Page
from boilerbench.worker.protocol import MAX_HEADER, MAX_TEXT, ProtocolError, frame, header

STARTUP_TIMEOUT = 120.0
"""Seconds for a worker to import its library; a cold disk may take long."""

LEAST_MEMORY = 64 << 20
"""Bytes; an interpreter with one library takes about as much."""

_WATCH_EVERY = 0.05
_CHUNK = 1 << 20
_STDERR_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Limits:
    """`timeout` in seconds of wall time per page, `memory` in bytes of resident memory of a
    worker with its children."""

    timeout: float = 30.0
    memory: int = 2 << 30

    def __post_init__(self) -> None:
        if not self.timeout > 0:
            raise UserError(f"a timeout of {self.timeout} s leaves no time")
        if self.memory < LEAST_MEMORY:
            raise UserError(
                f"{self.memory:,} bytes of memory are too few for any extractor",
                f"give {LEAST_MEMORY:,} or more",
            )


DEFAULT_LIMITS = Limits()


class Refused(UserError):
    """The worker cannot serve as asked, before it has seen any page. `outcome` is that of a page
    for which a worker should have been started."""

    def __init__(self, message: str, hint: str = "", outcome: Outcome = "crash") -> None:
        super().__init__(message, hint)
        self.outcome: Outcome = outcome


class _Lost(Exception):
    """The process is of no more use; `outcome` and `reason` are the page's."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


def start_command(spec: ExtractorSpec) -> list[str]:
    """The command that starts a worker for the spec."""
    if spec.command:
        return list(spec.command)
    main = Path(worker.__file__).with_name("__main__.py")
    return [sys.executable, str(main), spec.adapter, json.dumps(dict(spec.options))]


def environment(folder: str) -> dict[str, str]:
    """A worker's environment variables: the same everywhere, so that a result is. Set iteration
    follows the hash seed, and more threads than one would count another's cores as speed."""
    return {
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


class WorkerProcess:
    """A started worker. `ready()` must be called once before the first `extract`."""

    def __init__(self, spec: ExtractorSpec, limits: Limits) -> None:
        self.spec = spec
        self.limits = limits
        self.alive = True
        self._folder = tempfile.mkdtemp(prefix="boilerbench-worker-")
        try:
            self._process = subprocess.Popen(
                start_command(spec),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                bufsize=0,
                cwd=self._folder,
                env=environment(self._folder),
                start_new_session=True,
            )
        except OSError as problem:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise Refused(
                f"extractor {spec}: cannot start {start_command(spec)[0]}: {problem}"
            ) from None
        self._observed = psutil.Process(self._process.pid)
        self._stderr = b""
        self._peak = 0
        self._bound_address_space()
        self._streams = [
            s for s in (self._process.stdin, self._process.stdout, self._process.stderr) if s
        ]
        self._in, self._out, self._err = (stream.fileno() for stream in self._streams)
        for fd in (self._in, self._out, self._err):
            os.set_blocking(fd, False)
        if sys.platform == "linux":
            # A whole page fits: harness and worker then switch once a page, not every 64 KiB.
            with contextlib.suppress(OSError):
                fcntl.fcntl(self._in, fcntl.F_SETPIPE_SZ, _CHUNK)

    def ready(self) -> dict[str, Any]:
        """Wait for the worker's first frame: version, options, packages, start-up seconds.

        Raises `Refused` if the worker does not start or cannot serve as asked.
        """
        try:
            head, _ = self._exchange(b"", STARTUP_TIMEOUT)
        except _Lost as lost:
            self.kill()
            raise Refused(
                f"extractor {self.spec} does not start: {lost.reason}",
                self._with_stderr("").strip().rpartition("\n")[2],
                outcome=lost.outcome,
            ) from None
        if "refused" in head:
            self.kill()
            raise Refused(f"extractor {self.spec}: {head['refused']}")
        wanted, found = self.spec.version, head.get("version")
        if wanted is not None and wanted != found:
            self.kill()
            raise Refused(
                f"extractor {self.spec}: release {found} is installed here, not {wanted}",
                f"install it with: pip install {self.spec.name}=={wanted}",
            )
        return head

    def extract(self, page: Page) -> Extraction:
        """Send one page and wait for its outcome. After a failure of the process `alive` is
        False, and the caller needs a new one for the next page."""
        request = frame(
            {
                "id": page.id,
                "url": page.url,
                "lang": page.lang,
                "kind": page.kind,
                "site": page.site,
            },
            page.html,
        )
        started, cpu_before = time.perf_counter(), self._cpu()
        self._peak = 0
        try:
            head, body = self._exchange(request, self.limits.timeout)
            return self._extraction(page, head, body)
        except _Lost as lost:
            cpu = max(0.0, self._cpu(otherwise=cpu_before) - cpu_before)
            self.kill()
            return Extraction(
                page_id=page.id,
                extractor=str(self.spec),
                outcome=lost.outcome,
                error=self._with_stderr(lost.reason),
                cpu_s=cpu,
                wall_s=time.perf_counter() - started,
                peak_rss=self._peak or None,
            )

    def interrupt(self) -> None:
        """Kill the process from another thread; the one that waits for it sees its end."""
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """Kill the process and all that it started; remove its folder. May be called twice."""
        if not self.alive:
            return
        self.alive = False
        for pid in descendants(self._process.pid)[1:]:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for stream in self._streams:
            with contextlib.suppress(OSError):
                stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _exchange(self, request: bytes, timeout: float) -> tuple[dict[str, Any], bytes]:
        """Write `request`, read one frame, watch time and memory meanwhile."""
        now = time.monotonic()
        end, watch = now + timeout, now + _WATCH_EVERY
        answer = _Answer()
        unsent = memoryview(request)
        with selectors.DefaultSelector() as selector:
            selector.register(self._out, selectors.EVENT_READ)
            selector.register(self._err, selectors.EVENT_READ)
            if unsent:
                selector.register(self._in, selectors.EVENT_WRITE)
            while unsent or not answer.complete:
                for key, _ in selector.select(max(0.0, min(watch, end) - now)):
                    if key.fd == self._in:
                        unsent = self._send(unsent, selector)
                    elif key.fd == self._err:
                        self._keep_stderr(selector)
                    elif not answer.feed(self._receive()):
                        raise self._dead()
                now = time.monotonic()
                if now >= watch:
                    self._watch_memory()
                    watch = now + _WATCH_EVERY
                if now >= end and (unsent or not answer.complete):
                    raise _Lost("timeout", f"no answer within {timeout:g} s")
        return answer.header, bytes(answer.body)

    def _send(self, unsent: memoryview, selector: selectors.BaseSelector) -> memoryview:
        try:
            unsent = unsent[os.write(self._in, unsent[:_CHUNK]) :]
        except BlockingIOError:
            return unsent
        except OSError:  # it reads no more; what it has to say comes by stdout or by its death
            unsent = unsent[:0]
        if not unsent:
            selector.unregister(self._in)
        return unsent

    def _receive(self) -> bytes | None:
        try:
            return os.read(self._out, _CHUNK)
        except BlockingIOError:
            return None

    def _keep_stderr(self, selector: selectors.BaseSelector) -> None:
        with contextlib.suppress(BlockingIOError):
            read = os.read(self._err, _CHUNK)
            self._stderr = (self._stderr + read)[-_STDERR_KEPT:]
            if not read:
                selector.unregister(self._err)

    def _dead(self) -> _Lost:
        """The wire closed: say how the process ended."""
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return _Lost("crash", "closed its output without an answer")
        with contextlib.suppress(OSError):
            self._stderr = (self._stderr + (os.read(self._err, _CHUNK) or b""))[-_STDERR_KEPT:]
        if status >= 0:
            return _Lost("crash", f"the process exited with status {status}")
        if self._peak >= self.limits.memory:  # the kernel's refusal came before our look
            return _Lost("oom", self._over_memory(self._peak))
        with contextlib.suppress(ValueError):
            return _Lost("crash", f"the process died of {signal.Signals(-status).name}")
        return _Lost("crash", f"the process died of signal {-status}")

    def _watch_memory(self) -> None:
        """Kill by exception if worker and children hold too much."""
        rss = 0
        for pid in descendants(self._process.pid):
            with contextlib.suppress(psutil.Error):
                rss += psutil.Process(pid).memory_info().rss
        self._peak = max(self._peak, rss)
        if rss > self.limits.memory:
            raise _Lost("oom", self._over_memory(rss))

    def _over_memory(self, rss: int) -> str:
        return f"{rss >> 20:,} MiB of memory used; {self.limits.memory >> 20:,} MiB are allowed"

    def _bound_address_space(self) -> None:
        """A second line behind the watch, for an allocation faster than it looks: the kernel
        refuses private memory beyond twice the ceiling."""
        if sys.platform == "linux":
            bound = 2 * self.limits.memory
            with contextlib.suppress(OSError):
                resource.prlimit(self._process.pid, resource.RLIMIT_DATA, (bound, bound))

    def _cpu(self, otherwise: float = 0.0) -> float:
        try:
            times = self._observed.cpu_times()
        except psutil.Error:
            return otherwise
        return float(times.user + times.system + times.children_user + times.children_system)

    def _with_stderr(self, reason: str) -> str:
        said = self._stderr.decode("utf-8", "replace").strip()
        return f"{reason}\n{said}" if said else reason

    def _extraction(self, page: Page, head: dict[str, Any], body: bytes) -> Extraction:
        """The worker's answer, checked: it may be anyone's program."""
        if head.get("id") != page.id:
            raise _Lost("error", f"answered for page {head.get('id')!r:.80}, not for its own")
        outcome = next((known for known in OUTCOMES if known == head.get("outcome")), None)
        if outcome is None:
            raise _Lost("error", f"answered with the unknown outcome {head.get('outcome')!r:.80}")
        try:
            text = body.decode()
        except UnicodeDecodeError as problem:
            raise _Lost("error", f"answered with text that is not UTF-8: {problem}") from None
        if outcome == "ok" and not text.strip():
            outcome = "empty"
        peak = head.get("peak_rss") or self._peak or None
        if peak and peak > self.limits.memory:
            raise _Lost("oom", self._over_memory(peak))
        extraction = Extraction(
            page_id=page.id,
            extractor=str(self.spec),
            outcome=outcome,
            text=text if outcome == "ok" else "",
            error=None if head.get("error") is None else str(head["error"]),
            cpu_s=head.get("cpu_s"),
            wall_s=head.get("wall_s"),
            peak_rss=peak,
        )
        if peak and peak > self.limits.memory // 2:
            # What this page left behind is not the next one's fault.
            self.kill()
        return extraction


class _Answer:
    """A frame as it comes in, checked before its body is taken into memory."""

    def __init__(self) -> None:
        self.header: dict[str, Any] = {}
        self.body = bytearray()
        self._line = bytearray()

    @property
    def complete(self) -> bool:
        return bool(self.header) and len(self.body) == self.header["bytes"]

    def feed(self, chunk: bytes | None) -> bool:
        """Take what was read (None: nothing yet). False at the end of the stream."""
        if chunk is None:
            return True
        if not chunk:
            return False
        if not self.header:
            self._line += chunk
            line, newline, rest = self._line.partition(b"\n")
            if not newline:
                if len(self._line) > MAX_HEADER:
                    raise _Lost("error", f"wrote {len(self._line):,} bytes without a header line")
                return True
            try:
                self.header = header(bytes(line))
            except ProtocolError as problem:
                raise _Lost("error", f"broke the protocol: {problem}") from None
            if self.header["bytes"] > MAX_TEXT:
                raise _Lost(
                    "error",
                    f"returned {self.header['bytes']:,} bytes of text; {MAX_TEXT:,} are allowed",
                )
            chunk = bytes(rest)
        self.body += chunk
        if len(self.body) > self.header["bytes"]:
            raise _Lost("error", "broke the protocol: more bytes than its header said")
        return True
