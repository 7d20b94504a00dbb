"""Which pages of a corpus are meant, and which of their blocks are gold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from boilerbench.corpora.digest import Digest
from boilerbench.errors import UserError, unknown_name
from boilerbench.types import Corpus, Gold, Page, Selection

UNKNOWN = "unknown"
"""What selects the pages of which a corpus does not say it (`--lang unknown`)."""

STRATA = ("kind", "lang", "site", "level")
"""By what a sample can be spread."""


def select(corpus: Corpus, selection: Selection) -> Corpus:
    """The corpus cut down to what is selected, with a digest of its own unless that is all of it.

    Raises `UserError` where no page is left, or where there are no labelled blocks to read in
    another way.
    """
    ids = _kept(corpus, selection)
    gold = {page_id: corpus.gold[page_id] for page_id in ids}
    if selection.gold:
        kinds = reading(corpus, selection.gold)
        gold = {page_id: read_as(annotation, kinds) for page_id, annotation in gold.items()}
    if gold == corpus.gold:
        return corpus

    def read_pages() -> Iterator[Page]:
        return (page for page in corpus.pages() if page.id in gold)

    digest = Digest()
    for page in read_pages():
        digest.add(page, gold[page.id])
    return replace(
        corpus,
        digest=str(digest),
        gold=gold,
        read_pages=read_pages,
        about={page_id: corpus.about[page_id] for page_id in ids if page_id in corpus.about},
        selection=selection,
        unselected=frozenset(corpus.gold) - frozenset(ids),
        whole=None if selection.gold else corpus.digest,
    )


def reading(corpus: Corpus, written: Sequence[str]) -> tuple[str, ...]:
    """The kinds of blocks that are gold, from what a user wrote (see `Selection.gold`)."""
    known = {block.kind for gold in corpus.gold.values() for block in gold.blocks}
    if not known:
        raise UserError(
            f"{corpus.name} has no labelled blocks: its gold can be read in one way only"
        )
    signs = [name[:1] for name in written if name[:1] in ("+", "-")]
    if signs and len(signs) < len(written):
        raise UserError(
            f"--gold {','.join(written)}: some kinds have a sign and some have none",
            "name all the kinds that are gold, or only what is added (+title) and taken (-table)",
        )
    if not signs:
        return tuple(dict.fromkeys(_kind(name, known) for name in written))
    if not corpus.reading:
        raise UserError(
            f"{corpus.name} does not say which kinds of blocks are its gold",
            "name all the kinds that are to be gold, without + and -",
        )
    kinds = dict.fromkeys(corpus.reading)
    for name in written:
        kind = _kind(name[1:], known)
        if name[0] == "+":
            kinds[kind] = None
        else:
            kinds.pop(kind, None)
    if not kinds:
        raise UserError(f"--gold {','.join(written)} leaves no kind of block")
    return tuple(kinds)


def read_as(gold: Gold, kinds: Iterable[str]) -> Gold:
    """The gold whose text is all blocks of these kinds, in the order of the page; a block that the
    page shows twice is there once. A snippet that is on the wrong side now is left out, and so is
    the Markdown, unless nothing changes."""
    kinds = frozenset(kinds)
    text = "\n\n".join(dict.fromkeys(b.text for b in gold.blocks if b.kind in kinds))
    if text == gold.text:
        return gold
    flat = " ".join(text.split())
    return replace(
        gold,
        text=text,
        must=tuple(snippet for snippet in gold.must if " ".join(snippet.split()) in flat),
        must_not=tuple(s for s in gold.must_not if " ".join(s.split()) not in flat),
        markdown="",
    )


def _kept(corpus: Corpus, selection: Selection) -> list[str]:
    if selection.sample is not None and selection.sample < 1:
        raise UserError(f"a sample of {selection.sample} pages cannot be drawn")
    for what in selection.strata:
        if what not in STRATA:
            raise unknown_name("stratum", what, STRATA)
    ids = list(corpus.gold)
    for what, wanted in (
        ("kind", selection.kinds),
        ("lang", selection.langs),
        ("site", selection.sites),
    ):
        there = {corpus.about.get(page_id, {}).get(what) or UNKNOWN for page_id in corpus.gold}
        if there == {UNKNOWN} and set(wanted) - there:
            raise UserError(f"{corpus.name} says of none of its pages which {what} it has")
        for name in wanted:
            if name not in there:
                raise unknown_name(f"{what} of a page in {corpus.name}", name, there)
        if wanted:
            ids = [i for i in ids if (corpus.about.get(i, {}).get(what) or UNKNOWN) in wanted]
    if not ids:
        raise UserError(f"no page of {corpus.name} is {selection}")
    if selection.sample is not None and selection.sample < len(ids):
        order = _drawn(corpus, ids, selection)
        drawn = set(order[: selection.sample])
        ids = [page_id for page_id in ids if page_id in drawn]
    return ids


def _drawn(corpus: Corpus, ids: Iterable[str], selection: Selection) -> list[str]:
    """The pages in the order in which they are drawn. With strata, those of each are spread evenly
    over it, from a start of its own: however many are drawn, each stratum has its share, to a page
    or two, and small ones do not all come first or last."""
    strata: dict[tuple[str, ...], list[str]] = {}
    for page_id in sorted(ids, key=lambda i: _draw(selection.seed, i)):
        about = corpus.about.get(page_id, {})
        key = tuple(about.get(what) or UNKNOWN for what in selection.strata)
        strata.setdefault(key, []).append(page_id)
    placed = []
    for key, pages in strata.items():
        start = int.from_bytes(_draw(selection.seed, repr(key))[:4], "big") / (1 << 32)
        placed += [((n + start) / len(pages), page_id) for n, page_id in enumerate(pages)]
    # Without strata this is the order of the draw, as it has always been.
    return [page_id for _, page_id in sorted(placed)]


def _draw(seed: int, page_id: str) -> bytes:
    """A page's place in the draw, which depends on nothing but the seed and its id."""
    return hashlib.sha256(f"{seed}:{page_id}".encode()).digest()


def _kind(name: str, known: Iterable[str]) -> str:
    """A kind of block; the plural does as well (`captions`)."""
    known = set(known)
    for one in (name, name.removesuffix("s")):
        if one in known:
            return one
    raise unknown_name("kind of block", name, known)
