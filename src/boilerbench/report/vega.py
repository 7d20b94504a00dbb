"""The JavaScript that draws charts in the report: Vega-Lite and its parts, as vl-convert carries
them, so that nothing is fetched."""

from __future__ import annotations

from importlib import metadata

from boilerbench.resources import user_cache
from boilerbench.store import write_text

_SNIPPET = "window.vegaEmbed = vegaEmbed;"


def bundle() -> str:
    """vega-embed with all that it needs, as a classic script that defines `vegaEmbed` and nothing
    else. It holds Vega's interpreter of expressions, so that the option `ast` spares it `eval`,
    which the report forbids.

    Making it takes seconds, so it is kept in the user's cache, or under `BOILERBENCH_CACHE`.
    """
    kept = user_cache() / "report" / f"vega-{metadata.version('vl-convert-python')}.js"
    try:
        return kept.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        made = _made()
    try:
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_text(kept, made)
    except OSError:
        pass  # without a cache it is made again the next time
    return made


def _made() -> str:
    import vl_convert  # only where there is no bundle yet

    # What the bundle declares must not meet what other scripts of the page declare.
    return f"(() => {{\n{vl_convert.javascript_bundle(_SNIPPET)}\n}})();\n"
