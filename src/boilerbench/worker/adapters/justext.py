"""jusText, with the stop list of the page's own language.

English on every page is the classic unfair call: the stop list decides nearly everything that
jusText does. The language is the one that the corpus states, else the one that the page declares,
else the one that resiliparse detects in its text. For a language without a stop list jusText is
called as its documentation says: no stop list, and both stop-word thresholds at 0.

`justext.justext()` is followed step by step, since the language can only be detected from the
paragraphs, which it would otherwise have to build twice.
"""

from __future__ import annotations

import inspect
from typing import Any

import justext.core as core
from justext.utils import get_stoplist, get_stoplists
from resiliparse.parse.lang import detect_fast

from boilerbench.types import Page
from boilerbench.worker.adapters.language import primary
from boilerbench.worker.adapters.options import check_keywords, check_known
from boilerbench.worker.loop import Extract

DISTRIBUTION = "justext"

# ISO 639 code to the name of jusText's stop list.
STOP_LISTS = dict(
    pair.split(":")
    for pair in """
    af:Afrikaans an:Aragonese ar:Arabic ast:Asturian az:Azerbaijani be:Belarusian bg:Bulgarian
    bn:Bengali br:Breton bs:Bosnian ca:Catalan ceb:Cebuano cs:Czech cv:Chuvash cy:Welsh da:Danish
    de:German el:Greek en:English eo:Esperanto es:Spanish et:Estonian eu:Basque fa:Persian
    fi:Finnish fr:French fy:West_Frisian ga:Irish gl:Galician gu:Gujarati he:Hebrew hi:Hindi
    hr:Croatian ht:Haitian hu:Hungarian hy:Armenian id:Indonesian ig:Igbo io:Ido is:Icelandic
    it:Italian iw:Hebrew jv:Javanese ka:Georgian kk:Kazakh kn:Kannada ko:Korean ku:Kurdish
    ky:Kyrgyz la:Latin lb:Luxembourgish lt:Lithuanian lv:Latvian mk:Macedonian ml:Malayalam
    mr:Marathi ms:Malay mt:Maltese nap:Neapolitan nb:Norwegian_Bokmal nds:Low_Saxon ne:Nepali
    nl:Dutch nn:Norwegian_Nynorsk no:Norwegian_Bokmal oc:Occitan pl:Polish pms:Piedmontese
    pnb:Western_Panjabi pt:Portuguese qu:Quechua ro:Romanian ru:Russian scn:Sicilian
    sh:Serbo_Croatian sk:Slovak sl:Slovenian sq:Albanian sr:Serbian su:Sundanese sv:Swedish
    sw:Swahili ta:Tamil te:Telugu tk:Turkmen tl:Tagalog tr:Turkish uk:Ukrainian ur:Urdu uz:Uzbek
    vi:Vietnamese vo:Volapuk wa:Walloon war:Waray_Waray yo:Yoruba
    """.split()
)

_DETECTION_CHARACTERS = 20_000


def load(options: dict[str, Any]) -> tuple[Extract, dict[str, Any]]:
    """`stoplist=English` fixes the list for every page; the rest are jusText's own parameters."""
    options = dict(options)
    fixed = options.pop("stoplist", None)
    check_keywords(core.justext, options, hidden={"html_text", "preprocessor"})
    if fixed is not None:
        check_known(str(fixed), get_stoplists(), "stop list")
    defaults = {
        name: parameter.default
        for name, parameter in inspect.signature(core.justext).parameters.items()
        if parameter.default is not parameter.empty
    } | options

    def extract(page: Page) -> str:
        dom = core.html_to_dom(
            page.html, defaults["default_encoding"], defaults["encoding"], defaults["enc_errors"]
        )
        declared = dom.get("lang") or dom.get("{http://www.w3.org/XML/1998/namespace}lang")
        paragraphs = core.ParagraphMaker.make_paragraphs(defaults["preprocessor"](dom))
        name = fixed or STOP_LISTS.get(_language(page.lang or declared, paragraphs))
        low, high = defaults["stopwords_low"], defaults["stopwords_high"]
        core.classify_paragraphs(
            paragraphs,
            get_stoplist(name) if name else frozenset(),
            defaults["length_low"],
            defaults["length_high"],
            low if name else 0,
            high if name else 0,
            defaults["max_link_density"],
            defaults["no_headings"],
        )
        core.revise_paragraph_classification(paragraphs, defaults["max_heading_distance"])
        return "\n\n".join(p.text for p in paragraphs if not p.is_boilerplate)

    chosen = fixed or "by page language: corpus, else html lang, else detected"
    return extract, {
        "call": "justext(bytes, stop list)",
        "stop list": chosen,
        "decoding": "the library",
        "text by": "its paragraphs, a blank line between them",
        **options,
    }


def _language(stated: str | None, paragraphs: list[Any]) -> str:
    """The primary language subtag, lower case."""
    found = primary(stated)
    if found is None:
        found = str(detect_fast("\n".join(p.text for p in paragraphs)[:_DETECTION_CHARACTERS])[0])
    return found
