"""A function of the user's own, in a file: `./mine.py:extract`, taking a `Page`, giving text."""

from __future__ import annotations

import hashlib
import importlib.util
import inspect
import sys
from pathlib import Path
from typing import Any

from boilerbench.worker.adapters.options import check_keywords
from boilerbench.worker.loop import Extract, Refused


def version(target: str) -> str:
    """The first digits of the file's SHA-256: another text of the file is another extractor."""
    file = Path(target.rpartition(":")[0])
    return hashlib.sha256(file.read_bytes()).hexdigest()[:8]


def load(options: dict[str, Any], target: str) -> tuple[Extract, dict[str, Any]]:
    """`target` is `FILE:FUNCTION`; the options go to the function as keyword arguments."""
    path, _, name = target.rpartition(":")
    file = Path(path)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None or not file.is_file():
        raise Refused(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    sys.path.insert(0, str(file.parent))  # so that it may import what stands beside it
    spec.loader.exec_module(module)
    function = getattr(module, name, None)
    if not callable(function):
        raise Refused(f"{file.name} has no function {name!r}")
    page_parameter = next(iter(inspect.signature(function).parameters), None)
    if page_parameter is None:
        raise Refused(f"{file.name}: {name} takes no page")
    check_keywords(function, options, hidden={page_parameter})
    return (lambda page: function(page, **options)), {"function": f"{file.name}:{name}", **options}
