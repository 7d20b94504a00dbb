"""From a plan to a finished run: what `boilerbench.api` does once the workers are starting."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from boilerbench import predictions, provenance, reuse, store, vote
from boilerbench.corpora import load_corpus
from boilerbench.errors import UserError
from boilerbench.execution.local import Job, LocalEngine
from boilerbench.execution.process import Limits, Refused
from boilerbench.fingerprints import fingerprint
from boilerbench.gold import checked
from boilerbench.metrics.protocols import Chosen
from boilerbench.progress import Progress
from boilerbench.report import write_report
from boilerbench.scoring import Scorer
from boilerbench.store import ExtractionWriter, Run
from boilerbench.types import Corpus, Extraction, ExtractorSpec, Page, Selection


def run_extractors(
    engine: LocalEngine,
    wanted: Sequence[ExtractorSpec],
    scorers: Sequence[Chosen],
    corpora: Mapping[str, Corpus],
    path: Path,
    *,
    fresh: bool,
    command: str,
    progress: Progress,
    earlier: Run | None = None,
    report: bool = True,
) -> Run:
    """Run started extractors over the corpora into `path`, and the votes among `wanted`, which
    are made of what their members extracted; the finished run. What would come out as in the
    `earlier` run is taken from there."""
    scorers, left_out = checked(scorers, corpora)
    said, refusals = engine.ready()
    refused = _with_votes(wanted, refusals)
    wanted = _serving(wanted, refused, progress)
    about = {**said, **{str(s): vote.about(s, said) for s in wanted if s.members}}
    info = {
        "command": command,
        "corpora": [_corpus_info(corpus) for corpus in corpora.values()],
        "extractors": [_extractor_info(spec, about[str(spec)], engine.limits) for spec in wanted],
        "metrics": _metric_info(scorers),
        "left_out": left_out,
        "left_out_extractors": {name: problem.message for name, problem in refused.items()},
        "limits": {
            "timeout_s": engine.limits.timeout,
            "memory_bytes": engine.limits.memory,
        },
        "workers": engine.workers,
    }
    with store.locked(path):
        run = _begin(path, info, fresh)
        if earlier:
            taken = reuse.reuse(run, earlier, reuse.reusable(earlier, info))
            progress.reused(taken, earlier.path, reuse.why_not(earlier, info))
        scorer = Scorer(corpora, [one.metric for one in scorers])
        done = _score_stored(run, scorer)
        total = sum(len(corpus) for corpus in corpora.values())
        progress.started(
            {str(spec): total for spec in wanted},
            {str(spec): sum(name == str(spec) for _, name, _ in done) for spec in wanted},
        )
        jobs = [
            _job(spec, corpus, done)
            for corpus in corpora.values()
            for spec in wanted
            if not spec.members
        ]
        try:
            with run.writer() as writer:
                for job, extraction in engine.run(jobs):
                    _keep(job.corpus, extraction, writer, scorer)
                    progress.page(extraction)
            with run.writer() as writer:
                for name, extraction in _votes(run, wanted, corpora, done):
                    _keep(name, extraction, writer, scorer)
                    progress.page(extraction)
        except (KeyboardInterrupt, SystemExit):
            progress.stopped(path)
            raise
        progress.finishing()
        _finish(run, scorer, info, corpora if report else None)
    return run


def score_predictions(
    systems: Sequence[predictions.Predictions],
    scorers: Sequence[Chosen],
    corpora: Mapping[str, Corpus],
    path: Path,
    *,
    fresh: bool,
    command: str,
    report: bool = True,
) -> Run:
    """Score texts that were made elsewhere into `path`; the finished run."""
    _all_different([system.name for system in systems])
    _ids_tell_corpora_apart(corpora)
    scorers, left_out = checked(scorers, corpora)
    info = {
        "command": command,
        "corpora": [_corpus_info(corpus) for corpus in corpora.values()],
        "extractors": [
            {
                "spec": system.name,
                "name": system.name,
                "version": system.version,
                "digest": system.digest,
            }
            for system in systems
        ],
        "predictions": [_compare_ids(system, corpora) for system in systems],
        "metrics": _metric_info(scorers),
        "left_out": left_out,
        "left_out_extractors": {},
    }
    with store.locked(path):
        run = _begin(path, info, fresh)
        scorer = Scorer(corpora, [one.metric for one in scorers])
        done = _score_stored(run, scorer)
        with run.writer() as writer:
            for corpus in corpora.values():
                for system in systems:
                    for extraction in predictions.extractions(system, corpus.gold):
                        if (corpus.name, system.name, extraction.page_id) not in done:
                            _keep(corpus.name, extraction, writer, scorer)
        _finish(run, scorer, info, corpora if report else None)
    return run


def _serving(
    wanted: Sequence[ExtractorSpec], refused: Mapping[str, Refused], progress: Progress
) -> list[ExtractorSpec]:
    """The extractors that can serve. Raises the refusal of one that the user got wrong, or the
    first if nobody is left; a broken plug-in is left out, and a vote of it, and said so."""
    serving = [spec for spec in wanted if str(spec) not in refused]
    if refused and not serving:
        raise next(iter(refused.values()))
    lost = [spec for spec in wanted if str(spec) in refused]
    for spec in lost:
        if not (spec.adapter.startswith("plugin:") or spec.members):
            raise refused[str(spec)]
    for spec in lost:
        progress.left_out(refused[str(spec)].message)
    return serving


def _with_votes(
    wanted: Sequence[ExtractorSpec], refused: Mapping[str, Refused]
) -> dict[str, Refused]:
    """The refusals, and those of the votes that would lack a member."""
    votes = {
        str(spec): Refused(f"{spec}: its member {member} cannot serve")
        for spec in wanted
        for member in spec.members
        if str(member) in refused
    }
    return {**refused, **votes}


def _votes(
    run: Run,
    wanted: Sequence[ExtractorSpec],
    corpora: Mapping[str, Corpus],
    done: set[tuple[str, str, str]],
) -> Iterator[tuple[str, Extraction]]:
    """The votes that the run does not have yet, each with its corpus, by what it has of their
    members."""
    left = [
        spec
        for spec in wanted
        if spec.members
        and any(
            (c.name, str(spec), page_id) not in done for c in corpora.values() for page_id in c.gold
        )
    ]
    if not left:
        return
    names = {str(member) for spec in left for member in spec.members}
    stored = run.extractions()
    ballots: dict[tuple[str, str, str], Extraction] = {}
    for row in stored.filter(stored["extractor"].is_in(list(names))).iter_rows(named=True):
        corpus = row.pop("corpus")
        ballots[corpus, row["extractor"], row["page_id"]] = Extraction(**row)
    for corpus in corpora.values():
        for page in corpus.pages():
            for spec in left:
                if (corpus.name, str(spec), page.id) not in done:
                    cast = [ballots[corpus.name, str(one), page.id] for one in spec.members]
                    yield corpus.name, vote.voted(spec, page, cast)


def load_corpora(
    names: str | Path | Sequence[str],
    source: str | Path | None,
    selection: Selection | None = None,
) -> dict[str, Corpus]:
    """The corpora by name, of each what is selected; `source` says where the one corpus that is
    named lies."""
    listed = [str(names)] if isinstance(names, str | Path) else [str(name) for name in names]
    if source is not None and len(listed) != 1:
        raise UserError(
            "--from says where one corpus lies: name exactly one --corpus with it",
            "of several, take in each copy first: boilerbench corpora fetch NAME --from DIR",
        )
    loaded = [load_corpus(name, source, selection) for name in listed]
    _all_different([corpus.name for corpus in loaded])
    return {corpus.name: corpus for corpus in loaded}


def _all_different(names: Sequence[str]) -> None:
    """Raise `UserError` if a name occurs twice: rows could not be told apart."""
    for name in names:
        if names.count(name) > 1:
            raise UserError(
                f"{name!r} is named twice", "their rows could not be told apart: rename one"
            )


def new_path(name: str) -> Path:
    """A folder of its own for every run that does not name one."""
    plain = name.replace(":", "-")  # which not every file system takes
    stem = Path("results") / f"{plain}-{datetime.now():%Y%m%d-%H%M%S}"
    path, number = stem, 2
    while path.exists():
        path, number = stem.with_name(f"{stem.name}-{number}"), number + 1
    return path


def _keep(corpus: str, extraction: Extraction, writer: ExtractionWriter, scorer: Scorer) -> None:
    writer.add(corpus, extraction)
    scorer.add(
        corpus, extraction.page_id, extraction.extractor, extraction.outcome, extraction.text
    )


def _finish(
    result: Run, scorer: Scorer, info: Mapping[str, Any], corpora: Mapping[str, Corpus] | None
) -> None:
    scorer.write(result)
    scored = {k: info[k] for k in ("metrics", "left_out", "left_out_extractors") if k in info}
    result.update(status="complete", finished=provenance.now(), **scored)
    if corpora is not None:
        write_report(result, corpora)


# What must agree for a run to go on in a folder: anything else may have changed its extractions.
_IDENTITY = {
    "corpora": ("name", "digest"),
    "extractors": (
        *("spec", "name", "options", "version", "digest", "packages", "members"),
        "given",  # the address of a service is said there alone
        "fingerprint",
    ),
    "limits": ("timeout_s", "memory_bytes"),
}


def _identity(info: Mapping[str, Any], what: str, keys: Sequence[str]) -> list[Any]:
    entries = info.get(what) or []
    return [
        [entry.get(key) for key in keys]
        for entry in (entries if isinstance(entries, list) else [entries])
    ]


def _begin(path: Path, info: dict[str, Any], fresh: bool) -> Run:
    """A new run in `path`, or the one there if it is of the same kind, to be finished."""
    if (path / "run.json").exists():
        if fresh:
            store.clear(path)
    else:
        others = sorted(entry.name for entry in path.iterdir() if not entry.name.startswith("."))
        if others:
            raise UserError(
                f"{path} holds no run, but other files: {', '.join(others[:3])}",
                "choose another --output",
            )
    if not (path / "run.json").exists():
        started = {"status": "running", "started": provenance.now(), **provenance.here()}
        return Run.create(path, started | info)
    found = Run(path)
    if any(found.info.get(key) != now for key, now in provenance.program().items()):
        raise UserError(
            f"{path} holds a run of another boilerbench",
            "choose another --output, or start it over with --fresh",
        )
    for what, keys in _IDENTITY.items():
        if _identity(found.info, what, keys) != _identity(info, what, keys):
            raise UserError(
                f"{path} holds another run: its {what} differ",
                "choose another --output, or start it over with --fresh",
            )
    # The report of what the run was before is not that of what it will be.
    (path / "report" / "index.html").unlink(missing_ok=True)
    found.update(status="running", **{k: info[k] for k in ("predictions",) if k in info})
    return found


def _score_stored(result: Run, scorer: Scorer) -> set[tuple[str, str, str]]:
    """Score what the run has already; its corpora, extractors and pages."""
    columns = ("corpus", "page_id", "extractor", "outcome", "text")
    done = set()
    for corpus, page_id, extractor, outcome, text in result.extractions().select(columns).rows():
        scorer.add(corpus, page_id, extractor, outcome, text)
        done.add((corpus, extractor, page_id))
    return done


def _job(spec: ExtractorSpec, corpus: Corpus, done: set[tuple[str, str, str]]) -> Job:
    """The extractor on those pages of the corpus that the run does not have yet."""
    left = {page_id for page_id in corpus.gold if (corpus.name, str(spec), page_id) not in done}

    def pages() -> Iterator[Page]:
        return (page for page in corpus.pages() if page.id in left)

    return Job(spec, corpus.name, len(left), pages)


def _ids_tell_corpora_apart(corpora: Mapping[str, Corpus]) -> None:
    """Raise `UserError` if a prediction for a page could be meant for two corpora."""
    owner: dict[str, str] = {}
    for corpus in corpora.values():
        for page_id in (*corpus.gold, *corpus.unselected):
            if owner.setdefault(page_id, corpus.name) != corpus.name:
                raise UserError(
                    f"{page_id!r} is a page of {owner[page_id]} and of {corpus.name}",
                    "score one corpus at a time",
                )


def _compare_ids(system: predictions.Predictions, corpora: Mapping[str, Corpus]) -> dict[str, Any]:
    """The pages that nothing is said of, and ids that are of no page at all; those of pages that
    were not selected are neither."""
    wanted = {page_id for corpus in corpora.values() for page_id in corpus.gold}
    pages = wanted.union(*(corpus.unselected for corpus in corpora.values()))
    missing, unknown = sorted(wanted - system.ids), sorted(system.ids - pages)
    if len(missing) == len(wanted):
        has = next(iter((*system.texts, *system.errors)))
        raise UserError(
            f"none of the ids in the predictions of {system.name!r} is a page of "
            f"{' or '.join(corpora)}",
            f"they have {has!r}, the corpus has {missing[0]!r}",
        )
    return {"extractor": system.name, "missing": missing, "unknown": unknown}


def _corpus_info(corpus: Corpus) -> dict[str, Any]:
    return {
        "name": corpus.name,
        "version": corpus.version,
        "digest": corpus.digest,
        "pages": len(corpus),
        "path": str(corpus.path.resolve()) if corpus.path else None,
        "selection": {key: value for key, value in asdict(corpus.selection).items() if value},
        **({"whole": corpus.whole} if corpus.whole else {}),
        "licence": corpus.licence,
        "citation": corpus.citation,
    }


def _extractor_info(
    spec: ExtractorSpec, about: Mapping[str, Any], limits: Limits
) -> dict[str, Any]:
    said = ("version", "given", "network", "python", "node", "startup_s", "import_s", "packages")
    return {
        "spec": str(spec),
        "name": spec.name,
        "options": dict(spec.options),
        **({"members": [str(member) for member in spec.members]} if spec.members else {}),
        **{key: about.get(key) for key in said},
        "fingerprint": fingerprint(spec, about, limits),
    }


def _metric_info(scorers: Sequence[Chosen]) -> list[dict[str, str | None]]:
    return [
        {
            "name": one.metric.name,
            "signature": one.metric.signature,
            "protocol": one.protocol,
        }
        for one in scorers
    ]
