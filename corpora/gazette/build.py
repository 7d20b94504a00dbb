"""Build the pages and the gold annotations of the gazette corpus.

    python build.py            write pages/ and gold/
    python build.py --check    write nothing; exit 1 and name the files that differ

A page is a source text (sources/*.md) poured into a template (templates/*.html) with the
furniture of a site (sites/*.toml) and of its language (ui/*.toml); plan/TEMPLATE.toml lists the
pages of a template.

Labels cannot drift away from the pages, because a template has no way to show text except
through `text`, `block` and `put` (see `Recorder`), which write the HTML and record the label.
Jinja renders from top to bottom, hence the record is in document order.
"""

import argparse
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple

import traits
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup, escape
from snippets import choose_must, choose_must_not

HERE = Path(__file__).resolve().parent

# Traits that make a page hard, however much of it is gold.
HARD = ("broken_nesting", "wrong_charset", "div_soup", "hidden_text", "jsonld_only", "paywall")

KINDS = (
    *("title", "heading", "paragraph", "quote", "list", "table", "code", "caption"),
    *("navigation", "advert", "related", "share", "comments", "author", "cookie"),
    *("footer", "newsletter", "paywall", "dateline", "byline"),
)
DEFAULTS = {"kind": "article", "lang": "en", "encoding": "utf-8", "lang_attr": True}

MARKDOWN_KINDS = {
    **{"heading_open": "heading", "paragraph_open": "paragraph", "blockquote_open": "quote"},
    **{"bullet_list_open": "list", "ordered_list_open": "list", "table_open": "table"},
    "fence": "code",
}
BREAKING = re.compile(
    "article|aside|blockquote|br|button|caption|d[dlt]|div|fieldset|figcaption|figure|footer|form"
    "|h[1-6]|header|hr|label|legend|li|nav|ol|option|p|section|select|summary|table|t(body|head)"
    "|tfoot|tr|ul"
)


# What Markdown may take for markup in a plain string, and what at the beginning of a line only.
SPECIAL = re.compile(r"[\\`*_\[\]<>&|]")
SPECIAL_FIRST = re.compile(r"^(\d{1,9}(?=[.)])|(?=[#+=~-]))")


class Part(NamedTuple):
    """One top-level block of a source text, which is its `markdown`."""

    kind: str
    html: str
    text: str
    markdown: str

    @property
    def inner(self) -> str:
        """The HTML without the outermost tag, for themes that use their own."""
        found = re.fullmatch(r"<(\w+)[^>]*>(.*)</\1>", self.html.strip(), re.DOTALL)
        return found[2].strip() if found else self.html


class Block(NamedTuple):
    """A labelled block of a page; `quotable` if no inline element breaks its text in the HTML.
    `markdown` is the text with its structure."""

    kind: str
    text: str
    quotable: bool
    markdown: str


class Source(NamedTuple):
    """A source text: front matter, and the body cut into sections at thematic breaks."""

    name: str
    meta: dict[str, Any]
    sections: list[list[Part]]

    @property
    def body(self) -> list[Part]:
        """All sections in one."""
        return [part for section in self.sections for part in section]


class PlainText(HTMLParser):
    """Text of a piece of HTML: a new line per block element, a space per table cell."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A block element begins: break the line."""
        cell = " " if tag in ("td", "th") else ""
        self.pieces.append("\n" if BREAKING.fullmatch(tag) else cell)

    def handle_endtag(self, tag: str) -> None:
        """A block element ends: break the line."""
        self.handle_starttag(tag, [])

    def handle_data(self, data: str) -> None:
        """White space in HTML source is never more than a space."""
        self.pieces.append(re.sub(r"\s+", " ", data))


def plain(html: str) -> str:
    """Visible text of a piece of HTML, white space collapsed, one line per block element."""
    parser = PlainText()
    parser.feed(html)
    parser.close()
    lines = (re.sub(r"\s+", " ", line).strip() for line in "".join(parser.pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def escaped(text: str) -> str:
    """A line of plain text as Markdown."""
    return SPECIAL_FIRST.sub(r"\1\\", SPECIAL.sub(r"\\\g<0>", text))


def top_level(tokens: Sequence[Token]) -> Iterable[list[Token]]:
    """Cut a token stream into its top-level blocks."""
    current: list[Token] = []
    for token in tokens:
        current.append(token)
        if token.level == 0 and token.nesting <= 0:
            yield current
            current = []


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dictionary."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


# The default reading: what a reader would keep of the page, without title, captions, dates.
GOLD_KINDS = tuple(read_toml(HERE / "corpus.toml")["gold"])
TRAITS = tuple(read_toml(HERE / "traits.toml"))


def read_source(path: Path) -> Source:
    """Read front matter (TOML between +++ lines) and Markdown body of one source."""
    _, front, body = path.read_text(encoding="utf-8").split("+++\n", 2)
    markdown = MarkdownIt("commonmark").enable("table")
    sections: list[list[Part]] = [[]]
    lines = body.split("\n")
    for tokens in top_level(markdown.parse(body)):
        if tokens[0].type == "hr":
            sections.append([])
            continue
        kind = MARKDOWN_KINDS[tokens[0].type]
        html = markdown.renderer.render(tokens, markdown.options, {}).strip()
        # Code is the one place where white space within a line is content.
        text = tokens[0].content.rstrip("\n") if kind == "code" else plain(html)
        first, behind = tokens[0].map or (0, 0)
        written = "\n".join(lines[first:behind]).strip("\n")
        sections[-1].append(Part(kind, html, text, written))
    return Source(path.stem, tomllib.loads(front), sections)


class Recorder:
    """The functions through which a template shows text, and what they recorded."""

    def __init__(self, page: dict[str, Any], elsewhere: Sequence[str]) -> None:
        """`elsewhere` are texts of other pages, for what is hidden in this one."""
        self.page = page
        self.elsewhere = elsewhere
        self.parts = 0
        self.blocks: list[Block] = []

    def charset(self, http_equiv: bool = False) -> Markup:
        """The element that declares the encoding."""
        if self.page["no_charset"]:
            return Markup("")
        name = traits.declared(self.page["encoding"], self.page["wrong_charset"])
        if http_equiv:
            tag = f'<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset={name}">'
        else:
            tag = f'<meta charset="{name}">'
        return Markup(tag)  # noqa: S704 - a fixed string

    def record(self, kind: str, text: str, quotable: bool, markdown: str = "") -> None:
        """Note that a block of this kind and text was shown; without `markdown`, as plain text."""
        if kind not in KINDS:
            raise ValueError(f"unknown kind of block: {kind!r}")
        if not text.strip():
            raise ValueError(f"empty block of kind {kind!r}")
        written = markdown or "\n".join(map(escaped, text.split("\n")))
        self.blocks.append(Block(kind, text, quotable, written))

    def left_to_a_script(self, kind: str) -> bool:
        """Whether the HTML lacks this block, since a script is to put it there."""
        return bool(self.page["jsonld_only"]) and kind in GOLD_KINDS

    def text(self, kind: str, value: str) -> Markup:
        """One string, escaped."""
        self.record(kind, " ".join(value.split()), quotable=True)
        return Markup("") if self.left_to_a_script(kind) else escape(value)

    def block(self, kind: str, caller: Callable[[], str]) -> Markup:
        """A piece of HTML whose text is one block."""
        html = caller()
        self.record(kind, plain(html), quotable=True)
        shown = "" if self.left_to_a_script(kind) else html
        return Markup(shown)  # noqa: S704 - rendered by Jinja, escaped there

    def put(self, part: Part, attrs: str = "", inner: bool = False, kind: str = "") -> Markup:
        """A body block, with attributes for its outermost tag, or without that tag."""
        inline = re.search(r"<(?!/?(p|li|ul|ol|blockquote)\b)", part.html)
        written = part.markdown
        if part.kind == "quote" and kind == "paragraph":
            written = re.sub("^> ?", "", written, flags=re.MULTILINE)
        self.record(kind or part.kind, part.text, not inline, written)
        self.parts += 1
        if self.left_to_a_script(kind or part.kind):
            return Markup("")
        html = re.sub(r"^<(\w+)", rf"<\1 {attrs}" if attrs else r"<\1", part.html)
        shown = part.inner if inner else html
        if self.page["hidden_text"] and self.parts in (2, 5):
            shown += traits.hidden(self.elsewhere, self.parts)
        return Markup(shown)  # noqa: S704 - from markdown-it and from the sites


def gold_text(blocks: Iterable[Block]) -> str:
    """Gold under the default reading; a block that the page shows twice is there once."""
    return "\n\n".join(dict.fromkeys(b.text for b in blocks if b.kind in GOLD_KINDS))


def gold_markdown(blocks: Iterable[Block]) -> str:
    """The gold text with its structure, from the same blocks."""
    gold = [b for b in blocks if b.kind in GOLD_KINDS]
    first = {b.text: b.markdown for b in reversed(gold)}
    return "\n\n".join(first[text] for text in dict.fromkeys(b.text for b in gold))


def level(blocks: Sequence[Block], page: dict[str, Any]) -> str:
    """How hard a page is, by rule (GUIDE.md): by its share of gold and by what interrupts it."""
    words = {
        gold: " ".join(b.text for b in blocks if (b.kind in GOLD_KINDS) is gold)
        for gold in (True, False)
    }
    share = len(words[True]) / (len(words[True]) + len(words[False]))
    kinds = "".join("g" if b.kind in GOLD_KINDS else "." for b in blocks).strip(".")
    interruptions = len(re.findall(r"\.+", kinds))
    if share < 0.4 or any(page[trait] for trait in HARD):
        return "hard"
    return "easy" if share >= 0.6 and interruptions <= 3 else "medium"


def plan() -> list[dict[str, Any]]:
    """All pages to build: those of the plans, and beside each the pages that its `pairs` ask for,
    which differ from it in one trait."""
    pages: list[dict[str, Any]] = []
    for path in sorted((HERE / "plan").glob("*.toml")):
        for listed in read_toml(path)["page"]:
            page = {**DEFAULTS, **dict.fromkeys(TRAITS, False), "template": path.stem, **listed}
            pairs = page.pop("pairs", [])
            if unknown := set(page) - {
                *DEFAULTS,
                *TRAITS,
                "template",
                "id",
                "source",
                "site",
                "url",
            }:
                raise ValueError(f"{path.name}: {page['id']}: unknown {sorted(unknown)}")
            pages.append(page)
            for trait in pairs:
                name = ("no-" if page[trait] else "") + trait.replace("_", "-")
                sign = "&" if "?" in page["url"] else "?"
                other = {trait: not page[trait], "url": f"{page['url']}{sign}v={name}"}
                pages.append({**page, **other, "id": f"{page['id']}--{name}"})
    ids = [page["id"] for page in pages]
    if len(set(ids)) < len(ids):
        raise ValueError(f"ids twice: {sorted(i for i in set(ids) if ids.count(i) > 1)}")
    return pages


def build() -> dict[str, bytes]:
    """All built files: path relative to the corpus -> content."""
    loader = FileSystemLoader(HERE / "templates")
    environment = Environment(
        loader=loader,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    interface = {path.stem: read_toml(path) for path in (HERE / "ui").glob("*.toml")}
    sources = {path.stem: read_source(path) for path in (HERE / "sources").glob("*.md")}
    sites = {path.stem: read_toml(path) for path in (HERE / "sites").glob("*.toml")}
    files: dict[str, bytes] = {}
    for page in plan():
        source, site = sources[page["source"]], sites[page["site"]]
        recorder = Recorder(page, [story[1] for story in site.get("stories", [])])
        html = environment.get_template(page["template"] + ".html").render(
            {"page": page, "site": site, "ui": interface[page["lang"]]},
            **{"src": source.meta, "body": source.body, "sections": source.sections},
            **{"text": recorder.text, "block": recorder.block, "put": recorder.put},
            charset=recorder.charset,
            canonical=page["url"].partition("?")[0],
        )
        gold = gold_text(recorder.blocks)
        if page["jsonld_only"]:
            html = html.replace("</head>", traits.json_ld(gold, source.meta["title"]) + "</head>")
        if page["div_soup"]:
            html = traits.div_soup(html)
        if page["broken_nesting"]:
            html = traits.broken_nesting(html)
        # Old pages are not UTF-8: what their encoding lacks is written as a reference.
        files[f"pages/{page['id']}.html"] = html.encode(page["encoding"], "xmlcharrefreplace")
        annotation = {
            "text": gold,
            "markdown": gold_markdown(recorder.blocks),
            "url": page["url"],
            "lang": page["lang"],
            "kind": page["kind"],
            "site": site["host"],
            "level": level(recorder.blocks, page),
            "must": choose_must(recorder.blocks, gold),
            "must_not": choose_must_not(recorder.blocks, gold),
            "blocks": [{"kind": b.kind, "text": b.text} for b in recorder.blocks],
        }
        dumped = json.dumps(annotation, indent=1, ensure_ascii=False) + "\n"
        files[f"gold/{page['id']}.json"] = dumped.encode("utf-8")
    return dict(sorted(files.items()))


def existing() -> set[str]:
    """Built files on disk, as `build` names them."""
    paths = [path for folder in ("pages", "gold") for path in (HERE / folder).glob("*")]
    return {path.relative_to(HERE).as_posix() for path in paths}


def main(arguments: Sequence[str] | None = None) -> int:
    """Build, or check, and tell what differed."""
    parser = argparse.ArgumentParser(description="Build the gazette corpus.")
    parser.add_argument("--check", action="store_true", help="only tell which files differ")
    check: bool = parser.parse_args(arguments).check
    files = build()
    stray = sorted(existing() - set(files))
    on_disk = {name: (HERE / name).read_bytes() for name in existing() & set(files)}
    differing = [name for name, content in files.items() if on_disk.get(name) != content]
    if check:
        for name in [*differing, *stray]:
            print(f"differs: {name}", file=sys.stderr)
        return 1 if differing or stray else 0
    for name in stray:
        (HERE / name).unlink()
    for name in differing:
        (HERE / name).parent.mkdir(exist_ok=True)
        (HERE / name).write_bytes(files[name])
    print(f"{len(files)} files, {len(differing)} written, {len(stray)} removed")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
