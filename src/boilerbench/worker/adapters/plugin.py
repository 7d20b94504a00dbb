"""An extractor that another distribution brings: a function from a `Page` to text, or a class.

A class is made once, with the options as keyword arguments, which is the place for loading models
and the like; then its `extract(page)` is called. What it was given, for a reader to judge fairness
by, it may say in an attribute `given`.
"""

from __future__ import annotations

import importlib
import inspect
from importlib import metadata
from typing import Any

from boilerbench.worker.adapters.options import check_keywords
from boilerbench.worker.loop import Extract, Refused


def version(target: str) -> str:
    """The release of the distribution; `target` is `DISTRIBUTION:MODULE:ATTRIBUTE`."""
    return metadata.version(target.partition(":")[0])


def load(options: dict[str, Any], target: str) -> tuple[Extract, dict[str, Any]]:
    """Imports the plug-in's module, and makes its class if it is one."""
    _, _, path = target.partition(":")
    module, _, attribute = path.partition(":")
    found: Any = importlib.import_module(module)
    for name in attribute.split("."):
        found = getattr(found, name)
    if inspect.isclass(found):
        check_keywords(found, options)
        made = found(**options)
        extract = getattr(made, "extract", None)
        if not callable(extract):
            raise Refused(f"{path}: the class has no method extract(page)")
        given = getattr(made, "given", {})
        if not isinstance(given, dict):
            raise Refused(f"{path}: given must be a dictionary")
        return extract, {"plug-in": path, **options, **given}
    if not callable(found):
        raise Refused(f"{path} is neither a function nor a class")
    page_parameter = next(iter(inspect.signature(found).parameters), None)
    if page_parameter is None:
        raise Refused(f"{path} takes no page")
    check_keywords(found, options, hidden={page_parameter})
    return (lambda page: found(page, **options)), {"plug-in": path, **options}
