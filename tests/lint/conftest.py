"""Corpora made by hand, and prose to fill them with."""

import random

import pytest

from boilerbench.lint.views import GoldView, PageView
from boilerbench.types import Corpus, Gold, Page

WORDS = (
    "barge ferry lock keeper morning water gate timber rope signal winter lamp crew ledger stone"
    " towpath engine diesel bridge market apple crate weigh carry slow narrow green quiet repair"
).split()


@pytest.fixture
def prose():
    """Gives as many sentences as asked for, the same for the same seed."""

    def make(seed, sentences=12):
        drawn = random.Random(seed)
        return " ".join(
            " ".join(drawn.choices(WORDS, k=drawn.randint(7, 14))).capitalize() + "."
            for _ in range(sentences)
        )

    return make


@pytest.fixture
def corpus():
    """Makes a corpus of `{id: (html, gold text)}` or `{id: (html, Gold)}`."""

    def make(given, name="c", site=None):
        golds = {
            page_id: gold if isinstance(gold, Gold) else Gold(page_id, gold)
            for page_id, (_, gold) in given.items()
        }
        pages = [
            Page(page_id, html if isinstance(html, bytes) else html.encode(), site=site)
            for page_id, (html, _) in given.items()
        ]
        return Corpus(name, "1", "CC0", "sha256:0", "", golds, lambda: iter(pages))

    return make


@pytest.fixture
def views():
    """A page and its gold as the checks see them."""

    def make(html, text="", **gold):
        encoded = html if isinstance(html, bytes) else html.encode()
        return PageView(Page("p", encoded)), GoldView(Gold("p", text, **gold))

    return make
