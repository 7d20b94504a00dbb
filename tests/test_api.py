"""The verbs in a notebook."""

import html
import threading
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import polars as pl
import pytest

import boilerbench as bb
from boilerbench import pipeline
from boilerbench.execution.local import LocalEngine
from boilerbench.extractors.environments import environments
from boilerbench.extractors.plugins import Plugin
from boilerbench.progress import Progress
from boilerbench.types import Corpus, ExtractorSpec
from tests.extractors.index import only, publish


def test_the_example_of_the_readme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    picked = bb.Selection(sample=37)
    run = bb.run(corpus="gazette", extractors=["trafilatura"], selection=picked)
    scores = run.scores()
    assert isinstance(scores, pl.DataFrame)
    assert set(scores["metric"]) == {"token", "shingle"}
    assert scores.filter(pl.col("metric") == "token").height == 37
    assert {"corpus", "extractor", "page_id", "precision", "recall", "f1"} <= set(scores.columns)
    assert run.path.parent == Path("results")


def test_load_corpus_and_metric_go_together() -> None:
    corpus = bb.load_corpus("gazette")
    token = bb.metric("token")
    for page in corpus.pages():
        gold = corpus.gold[page.id]
        assert token.score(gold, gold.text).f1 == 1


def test_mistakes_raise_a_user_error(tmp_path: Path) -> None:
    with pytest.raises(bb.UserError, match="did you mean gazette"):
        bb.run(corpus="gazete", extractors=["nothing"], output=tmp_path / "out")
    with pytest.raises(bb.UserError, match="one system only"):
        bb.score(["a.jsonl", "b.jsonl"], "gazette", name="x")
    assert not (tmp_path / "out").exists()


def test_one_name_is_a_list_of_one_and_limits_are_checked(tmp_path: Path) -> None:
    run = bb.run("gazette", "nothing", metrics="token", output=tmp_path / "out")
    assert run.scores().height == len(bb.load_corpus("gazette"))
    assert repr(run) == f"<Run {tmp_path / 'out'}: complete>"
    with pytest.raises(bb.UserError, match="2,048 bytes of memory are too few"):
        bb.run("gazette", "nothing", memory=2048, output=tmp_path / "other")


def test_there_is_no_other_verb() -> None:
    with pytest.raises(AttributeError, match="no attribute 'rnu'"):
        bb.rnu  # noqa: B018


class Told(Progress):
    """Remembers what was built."""

    def __init__(self) -> None:
        self.built: list[str] = []

    def building(self, what: str) -> None:
        self.built.append(what)


@pytest.fixture
def _tiny(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """An extractor `tiny` can be installed, and is not."""
    with only(monkeypatch, tmp_path) as index:
        publish(index, "tiny", "1.0")
        yield


@pytest.mark.usefixtures("_tiny")
@pytest.mark.parametrize(
    ("mistaken", "says"),
    [
        ({"corpus": "gazete"}, "did you mean gazette"),
        ({"corpus": "nowhere.jsonl"}, "no such corpus file"),
        ({"corpus": "wcxb"}, "boilerbench corpora fetch wcxb"),
        ({"corpus": ["gazette", "gazette"]}, "named twice"),
        ({"metrics": "tokn"}, "did you mean token"),
        ({"protocol": "wcx"}, "did you mean wcxb"),
        ({"memory": 2048}, "memory are too few"),
        ({"timeout": 0}, "cannot be kept"),
    ],
)
def test_a_mistake_costs_no_environment(
    mistaken: dict[str, object], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOILERBENCH_CORPORA", str(tmp_path / "none"))
    told, asked = Told(), {"corpus": "gazette", "extractors": "tiny"} | mistaken
    with pytest.raises(bb.UserError) as raised:
        bb.run(**asked, output=tmp_path / "out", progress=told)  # type: ignore[arg-type]
    assert says in str(raised.value)
    assert told.built == []
    assert environments() == []
    assert not (tmp_path / "out").exists()


@pytest.mark.usefixtures("_tiny")
def test_corpora_are_read_before_an_environment_is_built_and_else_while_workers_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    start, load = LocalEngine.start, pipeline.load_corpora

    def starting(self: LocalEngine, specs: Sequence[ExtractorSpec]) -> None:
        happened.append("start")
        start(self, specs)

    def loading(*given: object) -> dict[str, Corpus]:
        happened.append("load")
        return load(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(LocalEngine, "start", starting)
    monkeypatch.setattr(pipeline, "load_corpora", loading)
    built = []
    for out, extractors in enumerate((["tiny", "nothing"], ["tiny", "nothing"], ["nothing"])):
        told = Told()
        bb.run("gazette", extractors, metrics="token", selection=bb.Selection(sample=2),
               output=tmp_path / f"{out}", progress=told)  # fmt: skip
        built.append(len(told.built))
    assert built == [1, 0, 0]
    assert happened == ["load", "start", "start", "load", "start", "load"]


def test_a_broken_plugin_stands_under_the_scoreboard_and_in_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Plugin("no_such_module:extract", "some-plugin", "1.0", "", "")
    monkeypatch.setattr("boilerbench.extractors.specs.plugins", lambda: {"broken": broken})

    def run(*extractors: str) -> list[str]:
        done = bb.run("gazette", extractors, metrics="token", output=tmp_path / "out",
                      selection=bb.Selection(sample=2))  # fmt: skip
        files = [done.path / "scoreboard.md", done.path / "report" / "index.html"]
        left_out = done.info["left_out_extractors"]
        assert set(left_out) == {"broken"} & set(extractors)
        assert all("no_such_module" in why for why in left_out.values())
        return [html.unescape(file.read_text("utf-8")).replace("\\_", "_") for file in files]

    assert all("No module named 'no_such_module'" in text for text in run("broken", "nothing"))
    assert not any("no_such_module" in text.partition("Provenance")[0] for text in run("nothing"))


class Service(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "4")
        self.end_headers()
        self.wfile.write(b"text")

    def log_message(self, *args: object) -> None:
        pass


def test_a_run_is_not_resumed_with_a_service_at_another_address(tmp_path: Path) -> None:
    file = tmp_path / "service.toml"
    out, few = tmp_path / "out", bb.Selection(sample=2)
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            address = f"http://127.0.0.1:{server.server_port}"
            file.write_text(f'url = "{address}/one"')
            first = bb.run("gazette", str(file), selection=few, output=out)
            again = bb.run("gazette", str(file), selection=few, output=out)
            assert again.info["started"] == first.info["started"]
            stored = again.extractions()
            file.write_text(f'url = "{address}/two"')
            with pytest.raises(bb.UserError, match="another run: its extractors differ"):
                bb.run("gazette", str(file), selection=few, output=out)
        finally:
            server.shutdown()
            thread.join()
    (entry,) = bb.Run(out).info["extractors"]
    assert f"{address}/one" in str(entry["given"])
    assert bb.Run(out).extractions().equals(stored)
