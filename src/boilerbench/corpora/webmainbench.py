"""WebMainBench: pages whose nodes were marked in a browser, with their main text as Markdown.

data/*.jsonl, or else *.jsonl     one page a line: {"track_id" or "id", "url", "html",
                                  "groundtruth_content" or "convert_main_content",
                                  "meta": {"language", "style"} or "language"}

The gold is Markdown: `groundtruth_content`, which people corrected, or else
`convert_main_content`, which was converted from the marked nodes. Upstream scores Markdown against
Markdown, so `Gold.text` is the same string as `Gold.markdown`; an extractor of plain text loses a
little on every heading, link and table.

The stored HTML gives the answer away: each gold node carries `cc-select="true"`. `unmarked` takes
that and all else that the annotators' tool left behind out of the page, and leaves every other
character where it was. The pages are stored as text; their bytes are that text as UTF-8.

A page that stands in several files keeps the gold of the record with `meta`, the later form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from boilerbench.corpora.copies import host_of, optional_text_in, text_in, whole_copy
from boilerbench.corpora.records import json_lines
from boilerbench.types import Gold, Page

NOT_PAGES = frozenset({"test_model.jsonl"})
"""Files beside the pages. This one holds four made-up pages with an answer each, to try out
upstream's scorer; their gold stands in fields of other names."""

LANGUAGES = {
    "chinese": "zh",
    "english": "en",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "japanese": "ja",
    "korean": "ko",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
}

KINDS = {
    "article": "article",
    "collection": "collection",
    "content listing": "listing",
    "documentation": "documentation",
    "forum": "forum",
    "listing": "listing",
    "product": "product",
    "service": "service",
}
"""Page kinds by `meta.style`. Two of its words stay without one: `Other`, and the word for forums
and for articles with comments alike."""

TOOL_ATTRIBUTES = frozenset({"cc-select", "data-anno-uid"})
TOOL_CLASSES = frozenset({"cc-unloaded", "mark-selected"})
TOOL_ELEMENTS = frozenset({"marked-tail", "marked-text"})
TOOL_SHEET = "cc-extraStyle"
"""What the annotators' tool put into a page: attributes, classes, elements around bare text, and
the id of a style sheet."""

RAW = frozenset({"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"})
"""Elements whose content is no markup."""

_VALUE = r"""\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+)"""
_ATTRIBUTE = re.compile(rf"""[\s/]*+([^\s"'<>/=]+)(?:{_VALUE})?""")
_TAG = re.compile(
    rf"""<!--.*?-->|<(?P<end>/?)(?P<name>[a-z][^\s/>]*)(?P<rest>(?:{_ATTRIBUTE.pattern})*+[\s/]*)>""",
    re.DOTALL | re.IGNORECASE,
)


def read(folder: Path) -> Iterator[tuple[Page, Gold]]:
    """Pages with their gold, by id."""
    with whole_copy(folder, "webmainbench"):
        found: dict[str, tuple[dict[str, Any], str]] = {}
        for file in _files(folder):
            for number, record in json_lines(file):
                where = f"{file.name}, line {number}"
                page_id = optional_text_in(record, "track_id", where)
                page_id = page_id or text_in(record, "id", where)
                if page_id in found:
                    record, where = _later(found[page_id], (record, where), page_id)
                found[page_id] = record, where
        for page_id, (record, where) in sorted(found.items()):
            yield _page(page_id, record, where), _gold(page_id, record, where)


def unmarked(html: str) -> str:
    """The page without the traces of the annotators' tool, all else as it is.

    Taken out are `cc-select` and `data-anno-uid`; the classes `mark-selected` and `cc-unloaded`,
    and a `class` that holds nothing else; the tags of `marked-text` and `marked-tail`, not what
    stands between them; the style sheet `cc-extraStyle`; and every empty `style`, which the tool
    left on most gold nodes and few others. Comments and scripts are no markup and stay.
    """
    kept = []
    at = 0
    while tag := _TAG.search(html, at):
        kept.append(html[at : tag.start()])
        at = tag.end()
        name = (tag["name"] or "").lower()
        opens_raw = name in RAW and not tag["end"]
        if opens_raw:
            closing = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(html, at)
            at = closing.start() if closing else len(html)
        if name == "style" and opens_raw and _is_tool_sheet(tag["rest"]):
            at = html.find(">", at) + 1 or len(html)
        elif name not in TOOL_ELEMENTS:
            kept += [_plain(tag), html[tag.end() : at]]
    kept.append(html[at:])
    return "".join(kept)


def _plain(tag: re.Match[str]) -> str:
    if tag["end"] is None or tag["end"]:  # a comment or an end tag
        return tag[0]
    start = tag.start("rest") - tag.start()
    return tag[0][:start] + _ATTRIBUTE.sub(_attribute, tag["rest"]) + ">"


def _attribute(found: re.Match[str]) -> str:
    """One attribute as it should stand, with the white space before it."""
    name, value = found[1].lower(), _value(found)
    if name in TOOL_ATTRIBUTES or (name == "style" and value == ""):
        return ""
    if name == "class" and value is not None and not TOOL_CLASSES.isdisjoint(value.split()):
        left = " ".join(one for one in value.split() if one not in TOOL_CLASSES)
        return found[0].replace(value, left) if left else ""
    return found[0]


def _value(found: re.Match[str]) -> str | None:
    _, equals, value = found[0][found.end(1) - found.start() :].partition("=")
    return value.strip().strip("\"'") if equals else None


def _is_tool_sheet(attributes: str) -> bool:
    return any(
        found[1].lower() == "id" and _value(found) == TOOL_SHEET
        for found in _ATTRIBUTE.finditer(attributes)
    )


def _files(folder: Path) -> list[Path]:
    for place in (folder / "data", folder):
        if files := sorted(file for file in place.glob("*.jsonl") if file.name not in NOT_PAGES):
            return files
    raise FileNotFoundError(2, "no pages", str(folder / "data" / "*.jsonl"))


def _later(
    one: tuple[dict[str, Any], str], other: tuple[dict[str, Any], str], page_id: str
) -> tuple[dict[str, Any], str]:
    later = [(record, where) for record, where in (one, other) if "meta" in record]
    if len(later) != 1 or one[0].get("html") != other[0].get("html"):
        raise ValueError(f"{one[1]} and {other[1]} hold the id {page_id!r}")
    return later[0]


def _page(page_id: str, record: dict[str, Any], where: str) -> Page:
    html = unmarked(text_in(record, "html", where))
    if 'cc-select="' in html:
        raise ValueError(f"{where}: marks of the annotators cannot be taken out of the page")
    url = optional_text_in(record, "url", where)
    return Page(
        id=page_id,
        html=html.encode("utf-8", "surrogatepass"),
        url=url,
        lang=_lang(record, where),
        kind=_kind(record, where),
        site=host_of(url),
    )


def _gold(page_id: str, record: dict[str, Any], where: str) -> Gold:
    markdown = optional_text_in(record, "groundtruth_content", where)
    if markdown is None:
        markdown = text_in(record, "convert_main_content", where)
    return Gold(page_id=page_id, text=markdown, markdown=markdown)


def _lang(record: dict[str, Any], where: str) -> str | None:
    stated = optional_text_in(_meta(record), "language", where)
    word = (stated or optional_text_in(record, "language", where) or "").lower()
    lang = LANGUAGES.get(word, word)
    return lang if re.fullmatch(r"[a-z]{2,3}", lang) else None


def _kind(record: dict[str, Any], where: str) -> str | None:
    style = optional_text_in(_meta(record), "style", where) or ""
    return KINDS.get(style.lower().replace("_", " "))


def _meta(record: dict[str, Any]) -> dict[str, Any]:
    return record.get("meta") or {}
