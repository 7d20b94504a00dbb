"""Writing a new extractor's project: a plug-in in Python, or a program or a service with its TOML
file."""

from __future__ import annotations

import keyword
import re
import shutil
import sys
import tempfile
from pathlib import Path
from string import Template
from typing import Literal

from boilerbench.errors import UserError
from boilerbench.extractors.catalogue import BUILTIN

Kind = Literal["python", "command", "service"]

_SKELETON = Path(__file__).with_name("skeleton")
_TEMPLATE = ".tmpl"
# A distribution's name, as packaging standards have it.
_NAME = re.compile(r"[A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9]", re.IGNORECASE)
_TAKEN = {"boilerbench", "vote", "tests", *BUILTIN}


def scaffold(name: str, kind: Kind, folder: Path) -> str:
    """Write the project into `folder`, which must be new or empty; the name that the extractor has
    then, in lower case with hyphens. The whole project appears at once, or nothing.

    Raises `UserError` if the name cannot be one, or if the folder has something in it.
    """
    name, module = checked(name)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UserError(f"{folder} exists already", "--output names another folder")
    home = folder.absolute().parent
    home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=home) as made:
        part = Path(made) / "project"
        for template in sorted((_SKELETON / kind).rglob(f"*{_TEMPLATE}")):
            target = part / _path(template.relative_to(_SKELETON / kind), name, module)
            target.parent.mkdir(parents=True, exist_ok=True)
            text = Template(template.read_text(encoding="utf-8"))
            target.write_text(text.substitute(name=name, module=module), encoding="utf-8")
        if folder.exists():
            folder.rmdir()
        shutil.move(part, folder)
    return name


def checked(name: str) -> tuple[str, str]:
    """The name in its usual form, and the Python module that goes with it."""
    if not _NAME.fullmatch(name):
        raise UserError(
            f"{name!r} cannot be the name of a package",
            "letters, digits, and between them hyphens, dots and underscores",
        )
    usual = re.sub(r"[-_.]+", "-", name).lower()
    module = usual.replace("-", "_")
    if usual in _TAKEN:
        raise UserError(f"{usual} is a name that boilerbench has for its own", "take another")
    if not module.isidentifier() or keyword.iskeyword(module):
        raise UserError(f"{usual!r} cannot be the name of a Python module", "begin with a letter")
    if module in sys.stdlib_module_names:
        raise UserError(f"{module} is a module of Python's own", "take another name")
    return usual, module


def _path(template: Path, name: str, module: str) -> str:
    path = str(template).removesuffix(_TEMPLATE)
    return re.sub("^gitignore$", ".gitignore", path).replace("MODULE", module).replace("NAME", name)
