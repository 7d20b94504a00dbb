"""A worker's answer as it comes in."""

from __future__ import annotations

from typing import Any

from boilerbench.types import Outcome
from boilerbench.worker.protocol import MAX_HEADER, MAX_TEXT, ProtocolError, header


class Lost(Exception):
    """The process is of no more use; `outcome` and `reason` are the page's."""

    def __init__(self, outcome: Outcome, reason: str) -> None:
        super().__init__(reason)
        self.outcome = outcome
        self.reason = reason


class Answer:
    """A frame as it comes in, checked before its body is taken into memory."""

    def __init__(self) -> None:
        self.header: dict[str, Any] = {}
        self.body = bytearray()
        self._line = bytearray()

    @property
    def complete(self) -> bool:
        """Whether the whole frame is there."""
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
                    raise Lost("error", f"wrote {len(self._line):,} bytes without a header line")
                return True
            try:
                self.header = header(bytes(line))
            except ProtocolError as problem:
                raise Lost("error", f"broke the protocol: {problem}") from None
            if self.header["bytes"] > MAX_TEXT:
                raise Lost(
                    "error",
                    f"returned {self.header['bytes']:,} bytes of text; {MAX_TEXT:,} are allowed",
                )
            chunk = bytes(rest)
        self.body += chunk
        if len(self.body) > self.header["bytes"]:
            raise Lost("error", "broke the protocol: more bytes than its header said")
        return True
