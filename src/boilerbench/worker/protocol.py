"""The wire between harness and worker: a JSON header line, then exactly `bytes` raw bytes.

Harness to worker, one per page:
    {"id": …, "url": …, "lang": …, "kind": …, "site": …, "bytes": N}  + N bytes of HTML

Worker to harness, once, when it is ready:
    {"ready": true, "version": …, "startup_s": …, "given": {…}, "packages": {…}, …}
or, if it cannot serve, {"refused": reason}

Worker to harness, one per page:
    {"id": …, "outcome": …, "error": …, "cpu_s": …, "wall_s": …, "peak_rss": …, "bytes": N}
    + N bytes of text in UTF-8
"""

from __future__ import annotations

import json
from typing import Any, BinaryIO

MAX_HEADER = 1 << 20
"""A longer header line is not a header: something else is writing to the wire."""

MAX_TEXT = 64 << 20
"""Bytes of text that an extractor may return for one page. The largest real page texts are a few
megabytes; beyond this the answer would only fill the harness's memory."""


class ProtocolError(Exception):
    """The other side sent something that is not a frame."""


def frame(header: dict[str, Any], body: bytes = b"") -> bytes:
    """The bytes of one frame; `header` gets the count of bytes."""
    line = json.dumps({**header, "bytes": len(body)}, ensure_ascii=True, allow_nan=False)
    return line.encode() + b"\n" + body


def header(line: bytes) -> dict[str, Any]:
    """Read a header line; `bytes` is checked to be a count."""
    try:
        read = json.loads(line)
    except ValueError:
        raise ProtocolError(f"not a header line: {line[:80]!r}") from None
    if not isinstance(read, dict) or type(read.get("bytes")) is not int or read["bytes"] < 0:
        raise ProtocolError(f"a header without a count of bytes: {line[:80]!r}")
    return read


def read_frame(stream: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    """The next frame of a blocking stream; None at its end."""
    line = stream.readline()
    if not line:
        return None
    head = header(line)
    body = stream.read(head["bytes"])
    if len(body) != head["bytes"]:
        raise ProtocolError("the stream ended inside a frame")
    return head, body
