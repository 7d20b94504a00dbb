"""One worker process as the harness sees it: started, fed one page at a time, watched, killed.

The parent enforces deadline and memory ceiling. Whatever happens to the process while it has a
page becomes that page's outcome; the next page gets a new process.
"""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import resource
import selectors
import shutil
import signal
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import Any

import psutil

from boilerbench.errors import UserError
from boilerbench.execution.answer import Answer, Lost
from boilerbench.execution.cpu import cpu_seconds
from boilerbench.execution.descendants import descendants
from boilerbench.execution.start import fingerprint, start, start_command
from boilerbench.types import OUTCOMES, Extraction, ExtractorSpec, Outcome, Page
from boilerbench.worker.protocol import frame

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
        if not (self.timeout > 0 and math.isfinite(self.timeout)):
            raise UserError(f"a timeout of {self.timeout} s cannot be kept")
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


class WorkerProcess:
    """A started worker. `ready()` must be called once before the first `extract`."""

    def __init__(self, spec: ExtractorSpec, limits: Limits) -> None:
        self.spec = spec
        self.limits = limits
        self.alive = True
        self._folder = tempfile.mkdtemp(prefix="boilerbench-worker-")
        try:
            self._process, self._seal = start(spec, self._folder)
        except OSError as problem:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise Refused(
                f"extractor {spec}: cannot start {start_command(spec)[0]}: {problem}"
            ) from None
        self._observed = psutil.Process(self._process.pid)
        self._stderr = b""
        self._peak = 0
        self._cpu_at_death: float | None = None
        self._family: set[psutil.Process] = set()
        self._ending = threading.Lock()
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
        except Lost as lost:
            self.kill()
            raise Refused(
                f"extractor {self.spec} does not start: {lost.reason}",
                self._with_stderr("").strip().rpartition("\n")[2],
                outcome=lost.outcome,
            ) from None
        if "refused" in head:
            self.kill()
            # A library's own words may be several lines.
            raise Refused(f"extractor {self.spec}: {' '.join(str(head['refused']).split())}")
        if self.spec.command:
            head.setdefault("version", fingerprint(self.spec.command))
        if self._seal is not None:
            with self._seal:  # it was written before the program began
                head["network"] = self._seal.read().decode() or "open"
        wanted, found = self.spec.version, head.get("version")
        if wanted is not None and not _same_release(wanted, found):
            self.kill()
            raise Refused(f"extractor {self.spec} is release {found}, not {wanted}")
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
        started, cpu_before = time.perf_counter(), cpu_seconds(self._observed)
        self._peak = 0
        self._stderr = b""
        try:
            head, body = self._exchange(request, self.limits.timeout)
            # A program of another's may not measure itself; figures from outside are coarser.
            if head.get("wall_s") is None:
                head["wall_s"] = time.perf_counter() - started
            if head.get("cpu_s") is None:
                head["cpu_s"] = _difference(cpu_before, cpu_seconds(self._observed))
            return self._extraction(page, head, body)
        except Lost as lost:
            cpu_after = self._cpu_at_death
            if cpu_after is None:
                cpu_after = cpu_seconds(self._observed)
            self.kill()
            return Extraction(
                page_id=page.id,
                extractor=str(self.spec),
                outcome=lost.outcome,
                error=self._with_stderr(lost.reason),
                cpu_s=_difference(cpu_before, cpu_after),
                wall_s=time.perf_counter() - started,
                peak_rss=self._peak or None,
            )

    @property
    def pid(self) -> int:
        """The number of the worker's process."""
        return self._process.pid

    def interrupt(self) -> None:
        """Kill the process from another thread; the one that waits for it sees its end."""
        with self._ending:
            if self.alive:
                self._kill_group()

    def kill(self) -> None:
        """Kill the process and all that it started; remove its folder. May be called twice."""
        with self._ending:
            if not self.alive:
                return
            self.alive = False
            for pid in descendants(self._process.pid)[1:]:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            for process in self._family:  # those seen earlier that have left the family since
                with contextlib.suppress(psutil.Error):
                    process.kill()
            self._kill_group()
        self._process.wait()
        for stream in (*self._streams, *([self._seal] if self._seal else [])):
            with contextlib.suppress(OSError):
                stream.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def has_ended(self) -> bool:
        """Whether the process died by itself. It is not reaped here, so that its number is not
        another's before its group has been killed."""
        try:
            return self._observed.status() in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        except psutil.Error:
            return True

    def _kill_group(self) -> None:
        with contextlib.suppress(OSError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _exchange(self, request: bytes, timeout: float) -> tuple[dict[str, Any], bytes]:
        """Write `request`, read one frame, watch time and memory meanwhile."""
        now = time.monotonic()
        end, watch = now + timeout, now + _WATCH_EVERY
        answer = Answer()
        unsent = memoryview(request)
        ended = False
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
                    if ended and not answer.complete:
                        # Dead for a whole round, and what it left in the pipe is read; a child of
                        # its may hold the pipe open for ever.
                        raise self._dead()
                    ended = self.has_ended()
                    self._watch_memory()
                    watch = now + _WATCH_EVERY
                if now >= end and (unsent or not answer.complete):
                    raise Lost("timeout", f"no answer within {timeout:g} s")
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

    def _dead(self) -> Lost:
        """The wire closed, or the process is gone: say how it ended."""
        patience = time.monotonic() + 1
        while not self.has_ended():
            if time.monotonic() > patience:
                return Lost("crash", "closed its output without an answer")
            time.sleep(0.005)
        with contextlib.suppress(OSError):
            self._stderr = (self._stderr + os.read(self._err, _CHUNK))[-_STDERR_KEPT:]
        self._cpu_at_death = cpu_seconds(self._observed)
        self.kill()
        status = self._process.returncode
        if status >= 0:
            return Lost("crash", f"the process exited with status {status}")
        if self._peak >= self.limits.memory:  # the kernel's refusal came before our look
            return Lost("oom", self._over_memory(self._peak))
        if b"JavaScript heap out of memory" in self._stderr:  # V8's own limit came first
            return Lost("oom", "the JavaScript heap is full")
        with contextlib.suppress(ValueError):
            return Lost("crash", f"the process died of {signal.Signals(-status).name}")
        return Lost("crash", f"the process died of signal {-status}")

    def _watch_memory(self) -> None:
        """Kill by exception if worker and children hold too much."""
        rss = 0
        for pid in descendants(self._process.pid):
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                rss += process.memory_info().rss
                if pid != self._process.pid:
                    self._family.add(process)
        self._peak = max(self._peak, rss)
        if rss > self.limits.memory:
            raise Lost("oom", self._over_memory(rss))

    def _over_memory(self, rss: int) -> str:
        return f"{rss >> 20:,} MiB of memory used; {self.limits.memory >> 20:,} MiB are allowed"

    def _bound_address_space(self) -> None:
        """A second line behind the watch, for an allocation faster than it looks: the kernel
        refuses private memory beyond twice the ceiling."""
        if sys.platform == "linux":
            bound = min(2 * self.limits.memory, 1 << 62)
            with contextlib.suppress(OSError):
                resource.prlimit(self._process.pid, resource.RLIMIT_DATA, (bound, bound))

    def _with_stderr(self, reason: str) -> str:
        said = self._stderr.decode("utf-8", "replace").strip()
        return f"{reason}\n{said}" if said else reason

    def _extraction(self, page: Page, head: dict[str, Any], body: bytes) -> Extraction:
        """The worker's answer, checked: it may be anyone's program."""
        if head.get("id") != page.id:
            raise Lost("error", f"answered for page {head.get('id')!r:.80}, not for its own")
        outcome = next((known for known in OUTCOMES if known == head.get("outcome")), None)
        if outcome is None:
            raise Lost("error", f"answered with the unknown outcome {head.get('outcome')!r:.80}")
        try:
            text = body.decode()
        except UnicodeDecodeError as problem:
            raise Lost("error", f"answered with text that is not UTF-8: {problem}") from None
        if outcome == "ok" and not text.strip():
            outcome = "empty"
        error = head.get("error")
        cpu, wall, peak = (_measured(head, name) for name in ("cpu_s", "wall_s", "peak_rss"))
        peak = int(peak or self._peak) or None
        if peak and peak > self.limits.memory:
            raise Lost("oom", self._over_memory(peak))
        extraction = Extraction(
            page_id=page.id,
            extractor=str(self.spec),
            outcome=outcome,
            text=text if outcome == "ok" else "",
            # A message may quote half a character of the page.
            error=error and str(error).encode("utf-8", "backslashreplace").decode(),
            cpu_s=None if self.spec.is_service else cpu,  # what a client spends is no cost of it
            wall_s=wall,
            peak_rss=None if self.spec.is_service else peak,
        )
        if peak and peak > self.limits.memory // 2:
            # What this page left behind is not the next one's fault.
            self.kill()
        return extraction


def _same_release(wanted: str, found: str | None) -> bool:
    """Whether both name one release; 2.1 and 2.1.0 do."""
    if wanted == found or found is None:
        return wanted == found
    from packaging.version import InvalidVersion, Version  # which most runs do without

    try:
        return Version(wanted) == Version(found)
    except InvalidVersion:
        return False


def _difference(before: float | None, after: float | None) -> float | None:
    """What was spent between; None where the sum became less, since a child's share went with a
    parent that nobody waited for."""
    return None if before is None or after is None or after < before else after - before


def _measured(head: dict[str, Any], name: str) -> float | None:
    """A figure that the worker measured, None if it did not."""
    value = head.get(name)
    if value is None:
        return None
    if type(value) not in (int, float) or not 0 <= value < 1e15:
        raise Lost("error", f"answered with {name} {value!r:.80}, which is no measurement")
    return float(value)
