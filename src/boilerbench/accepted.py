"""Baselines that have been accepted: small, as text, in results/NAME/.

A baseline is the files of `boilerbench.baseline_text`, and the run's scoreboard.md, which nothing
reads but people. A full run is read as a baseline just as well.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

from boilerbench.baseline import Baseline
from boilerbench.baseline_text import AGAIN, read_texts, texts
from boilerbench.errors import UserError, unknown_name
from boilerbench.staging import staging, sweep
from boilerbench.store import Run, is_baseline

RESULTS: Final = Path("results")
"""Where baselines lie that have names."""

_PARTS = ("run.json", "scoreboard.md", "pages", "counts", "cost")


def is_there(folder: Path) -> bool:
    """Whether a folder is a baseline, be it damaged, or a run. Puts back one that a process was
    about to replace when it was killed."""
    if not folder.exists():
        sweep(folder.parent)
    return (folder / "run.json").is_file() or _has_counts(folder)


def find(name: str | Path) -> Path:
    """The folder of a baseline or of a run: a folder, or a name in results/. Raises `UserError`
    where there is neither."""
    for folder in (Path(name), RESULTS / name):
        if is_there(folder):
            return folder
    if Path(name).is_dir():
        raise UserError(f"{name} is neither a baseline nor a run: it has no run.json")
    known = [file.parent.name for file in RESULTS.glob("*/run.json")]
    raise unknown_name("baseline", str(name), known)


def read_baseline(path: Run | str | Path) -> Baseline:
    """The baseline or the full run in a folder. Raises `UserError` where there is none, where it is
    damaged, or was written by a newer boilerbench."""
    if isinstance(path, Run):
        return Baseline.of(path)
    path = Path(path)
    try:
        info = json.loads((path / "run.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        if _has_counts(path):
            raise UserError(f"cannot read {path / 'run.json'}: {problem}", AGAIN) from None
        return Baseline.of(Run(path))  # which says what is wrong
    if isinstance(info, dict) and "baseline" in info:
        return read_texts(path, info)
    if _has_counts(path):
        raise UserError(f"{path / 'run.json'} is not that of a baseline", AGAIN)
    return Baseline.of(Run(path))


def earlier(folder: Path) -> Baseline | UserError | None:
    """What `write_baseline` would replace: the baseline in `folder`; why it cannot be read, where
    it is damaged or newer; None if there is none. Raises `UserError` if the folder holds something
    else, which nothing replaces."""
    there = is_there(folder)
    _check_replaceable(folder)
    try:
        return read_baseline(folder) if there else None
    except UserError as problem:
        return problem


def write_baseline(run: Run, folder: Path) -> Baseline:
    """Make a finished run the baseline in `folder`, in place of the one there; other files beside
    it stay. It appears when it is whole and has been read back. Raises `UserError` if the folder
    holds something else, or what was written cannot be read."""
    made = Baseline.of(run)
    _check_replaceable(folder)
    with staging(folder) as stage:
        for name, text in texts(made):
            file = stage.whole / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        if (run.path / "scoreboard.md").is_file():
            shutil.copyfile(run.path / "scoreboard.md", stage.whole / "scoreboard.md")
        if folder.exists():
            _keep_others(folder, stage.whole)
        try:
            written = read_baseline(stage.whole)
        except UserError as problem:
            said = problem.message.replace(str(stage.whole), str(folder))
            raise UserError(f"{run.path} makes no baseline that can be read: {said}") from None
        stage.put(replace=True)
    return replace(written, path=folder)


def check_name(name: str) -> None:
    """Raise `UserError` unless `name` makes the name of a folder in results/."""
    if not re.fullmatch(r"\w[\w.+-]{0,99}", name, re.ASCII):
        raise UserError(
            f"a baseline cannot be called {name!r}", "letters, digits, - and _ make a name"
        )


def _check_replaceable(folder: Path) -> None:
    """Raise `UserError` unless the folder is a baseline, be it damaged, or empty, or not there."""
    if not folder.exists() or _has_counts(folder) or is_baseline(folder):
        return
    if not folder.is_dir() or any(folder.iterdir()):
        raise UserError(
            f"{folder} is there, and is no baseline", "choose another name, or move it away"
        )


def _has_counts(folder: Path) -> bool:
    """Whether it is a baseline by its other files, whatever became of its `run.json`."""
    return any(folder.glob("pages/*.csv")) and any(folder.glob("counts/*/*.csv"))


def _keep_others(folder: Path, fresh: Path) -> None:
    for entry in folder.iterdir():
        if entry.name in _PARTS:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.copytree(entry, fresh / entry.name, symlinks=True)
        else:
            shutil.copy2(entry, fresh / entry.name, follow_symlinks=False)
