"""Figures as files for a paper: PDF, SVG and PNG of the same specifications."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from boilerbench.errors import UserError, unknown_name
from boilerbench.report.figures.figure import Figure
from boilerbench.report.figures.themes import LIGHT
from boilerbench.store import write_bytes

FORMATS = ("pdf", "svg", "png")

PIXELS = 3.0
"""Of a PNG for each of the chart's: about 290 to the inch where 96 are usual."""


def export(
    figures: Mapping[str, Figure], folder: Path, formats: Sequence[str] = FORMATS
) -> list[Path]:
    """Write each figure that is drawn into `folder` as `NAME.FORMAT`, in light colours, of which
    only PNG has a background; the paths of the files. The same figures give the same bytes, but for
    PDF, where the order of what a page consists of is left to chance. Raises `UserError` for
    another format, and where the folder cannot be written to; nothing is written unless all can be
    drawn."""
    for format_ in formats:
        if format_ not in FORMATS:
            raise unknown_name("format", format_, FORMATS)
    files = {
        folder / f"{figure.name}.{format_}": rendered(figure.spec, format_)
        for figure in figures.values()
        if figure.spec is not None
        for format_ in formats
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, content in files.items():
            write_bytes(file, content)
    except OSError as problem:
        raise UserError(f"cannot write to {folder}: {problem.strerror}") from None
    return list(files)


def rendered(spec: Mapping[str, Any], format_: str) -> bytes:
    """A specification as a file of one of `FORMATS`."""
    import vl_convert  # a fifth of a second, which only those pay who want files

    config: dict[str, Any] = {**LIGHT, "background": None}
    given: dict[str, Any] = {"vl_spec": dict(spec), "config": config, "allowed_base_urls": []}
    if format_ == "pdf":
        return vl_convert.vegalite_to_pdf(**given)
    if format_ == "png":
        given["config"] = config | {"background": LIGHT["background"]}
        return vl_convert.vegalite_to_png(**given, scale=PIXELS)
    return vl_convert.vegalite_to_svg(**given).encode()
