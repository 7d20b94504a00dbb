"""JSON as a script: a page opened from disk may load scripts, but fetch nothing."""

from __future__ import annotations

import json


def assigned(name: str, content: object) -> str:
    """A script that gives the content to a name of the window. Nothing in it can end the script,
    or a line of it, wherever it stands."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return f"window.{name}={text};\n"
