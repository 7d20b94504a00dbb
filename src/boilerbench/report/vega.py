"""The JavaScript that draws charts in the report: Vega-Lite and its parts, as vl-convert carries
them, so that nothing is fetched."""

from __future__ import annotations

import os
from importlib import metadata
from pathlib import Path

import platformdirs

_SNIPPET = "window.vegaEmbed = vegaEmbed;"


def bundle() -> str:
    """vega-embed with all that it needs, as a classic script that defines `vegaEmbed` and nothing
    else. It holds Vega's interpreter of expressions, so that the option `ast` spares it `eval`,
    which the report forbids.

    Making it takes seconds, so it is kept in the user's cache, or under `BOILERBENCH_CACHE`.
    """
    kept = _cache() / f"vega-{metadata.version('vl-convert-python')}.js"
    try:
        return kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        made = _made()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        part = kept.with_name(f"{kept.name}.{os.getpid()}.part")
        part.write_text(made, encoding="utf-8")
        part.replace(kept)
    except OSError:
        pass  # without a cache it is made again the next time
    return made


def _made() -> str:
    import vl_convert  # only where there is no bundle yet

    # What the bundle declares must not meet what other scripts of the page declare.
    return f"(() => {{\n{vl_convert.javascript_bundle(_SNIPPET)}\n}})();\n"


def _cache() -> Path:
    home = os.environ.get("BOILERBENCH_CACHE")
    root = Path(home).expanduser() if home else platformdirs.user_cache_path("boilerbench")
    return root.absolute() / "report"
