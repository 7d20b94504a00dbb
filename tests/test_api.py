"""The verbs in a notebook."""

from pathlib import Path

import polars as pl
import pytest

import boilerbench as bb


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
