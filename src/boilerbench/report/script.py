"""JSON as a script: a page opened from disk may load scripts, but fetch nothing."""

from __future__ import annotations

import json
import re

_ENDING = re.compile("[<>&\\u2028\\u2029\\ud800-\\udfff]")
"""What may not stand in a script as it is: what could end it or a line, and half a character."""


def assigned(name: str, content: object) -> str:
    """A script that gives the content to a name of the window."""
    return f"window.{name}={literal(content)};\n"


def called(function: str, content: object) -> str:
    """A script that calls a function with the content."""
    return f"{function}({literal(content)});\n"


def literal(content: object) -> str:
    """JSON that may stand in a script, wherever that stands: nothing in it can end it, or a line of
    it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _ENDING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
