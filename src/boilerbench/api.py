"""The verbs: run extractors, score predictions. The command line and a notebook both call these.

Nothing heavy is imported before the workers have been started: they import their libraries while
the harness imports its own. Where an environment has to be built first, that takes longer than any
import, and what could be wrong is looked at before.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from boilerbench.errors import UserError
from boilerbench.execution.local import LocalEngine
from boilerbench.execution.process import DEFAULT_LIMITS, Limits
from boilerbench.extractors.environments import environment, is_here, prepared
from boilerbench.extractors.specs import specs as specs_of
from boilerbench.extractors.specs import split_label, with_members
from boilerbench.progress import Progress
from boilerbench.suites import DEFAULT, Suite, load_suite

if TYPE_CHECKING:
    from boilerbench.metrics.protocols import Chosen
    from boilerbench.predictions import Predictions
    from boilerbench.store import Run
    from boilerbench.types import Corpus, ExtractorSpec, Selection


def run(
    corpus: str | Path | Sequence[str] | None = None,
    extractors: str | Sequence[str] | None = None,
    *,
    metrics: str | Sequence[str] | None = None,
    protocol: str | Sequence[str] | None = None,
    suite: str = DEFAULT,
    output: str | Path | None = None,
    source: str | Path | None = None,
    selection: Selection | None = None,
    timeout: float = DEFAULT_LIMITS.timeout,
    memory: int = DEFAULT_LIMITS.memory,
    workers: int | None = None,
    fresh: bool = False,
    reuse: str | Path | None = None,
    report: bool = True,
    command: str = "boilerbench.run()",
    progress: Progress | None = None,
) -> Run:
    """Run extractors on corpora, score them, write the report; the finished run.

    What is not given comes from `suite`; `protocol` names published evaluations, whose metrics come
    before `metrics` (see `boilerbench.metrics.protocols`). `source` is where a known corpus lies,
    `selection` which pages of each corpus are meant, `timeout` in seconds per page, `memory` in
    bytes per worker, `workers` the number of pages at a time (default: one per core). An `output`
    that holds an unfinished run of the same kind is resumed; `fresh` starts it over. `reuse` is an
    earlier run: extractors that have not changed since (see `boilerbench.fingerprints`) are not run
    again on the same corpora, their texts are taken from it. What they cost is not known then.
    Without `report` none is written.

    Raises `UserError` before any page is spent if a name, an option or a corpus is wrong.
    """
    progress = progress or Progress()
    plan = load_suite(suite)
    asked = specs_of(_listed(extractors) or plan.extractors)
    wanted = with_members(asked)
    limits = Limits(timeout, memory)

    def loaded() -> tuple[list[Chosen], dict[str, Corpus]]:
        from boilerbench import pipeline

        scorers = _chosen(metrics, protocol, plan)
        return scorers, pipeline.load_corpora(corpus or plan.corpora, source, selection)

    # A mistake in their names must not cost the building of an environment.
    early = None if all(map(_is_ready, wanted)) else loaded()
    if len(wanted) > len(asked):
        progress.added([str(spec) for spec in wanted[len(asked) :]])
    wanted = prepared(wanted, progress.building)
    with LocalEngine(workers or os.cpu_count() or 1, limits) as engine:
        served = [spec for spec in wanted if not spec.members]  # a vote has no worker
        progress.preparing([str(spec) for spec in served])
        engine.start(served)
        from boilerbench import pipeline
        from boilerbench.reuse import open_earlier

        earlier = open_earlier(reuse, output) if reuse else None
        scorers, corpora = early or loaded()
        name = plan.name if corpus is None else "+".join(corpora)
        return pipeline.run_extractors(
            engine,
            wanted,
            scorers,
            corpora,
            Path(output) if output else pipeline.new_path(name),
            fresh=fresh,
            command=command,
            progress=progress,
            earlier=earlier,
            report=report,
        )


def score(
    paths: Sequence[str | Path] | str | Path,
    corpus: str | Path | Sequence[str],
    *,
    name: str | None = None,
    metrics: str | Sequence[str] | None = None,
    protocol: str | Sequence[str] | None = None,
    output: str | Path | None = None,
    source: str | Path | None = None,
    selection: Selection | None = None,
    fresh: bool = False,
    report: bool = True,
    command: str = "boilerbench.score()",
) -> Run:
    """Score texts that were made elsewhere; the same kind of run as `run` gives.

    Each of `paths` is one system's predictions (see `boilerbench.predictions`), or `LABEL=PATH`.
    A page's id must say which corpus it is of. The run's `info["predictions"]` names the ids that
    are missing from each, which count as failures, and those that no corpus has, which are left
    out.
    """
    from boilerbench import pipeline

    given = [paths] if isinstance(paths, str | Path) else list(paths)
    if name and len(given) > 1:
        raise UserError("a name can be given to one system only, and there are several")
    scorers = _chosen(metrics, protocol, load_suite(DEFAULT))
    systems = [_system(str(path), name) for path in given]
    corpora = pipeline.load_corpora(corpus, source, selection)
    return pipeline.score_predictions(
        systems,
        scorers,
        corpora,
        Path(output) if output else pipeline.new_path("+".join(corpora)),
        fresh=fresh,
        command=command,
        report=report,
    )


def _is_ready(spec: ExtractorSpec) -> bool:
    """Whether the extractor's worker can start without an environment being built."""
    return is_here(spec) or environment(spec) is not None


def _system(written: str, name: str | None) -> Predictions:
    """`PATH`, or `LABEL=PATH`."""
    from boilerbench.predictions import read_predictions

    label, path = split_label(written)
    if label and not Path(written).exists():
        return read_predictions(Path(path), name or label)
    return read_predictions(Path(written), name)


def _chosen(
    metrics: str | Sequence[str] | None,
    protocol: str | Sequence[str] | None,
    plan: Suite,
) -> list[Chosen]:
    """What is asked for; the suite's if nothing is."""
    from boilerbench.metrics.protocols import chosen

    if metrics or protocol:
        return chosen(_listed(metrics), _listed(protocol))
    return chosen(plan.metrics, plan.protocols)


def _listed(names: str | Sequence[str] | None) -> Sequence[str]:
    return [names] if isinstance(names, str) else names or ()
