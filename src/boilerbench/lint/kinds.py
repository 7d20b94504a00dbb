"""The kinds of defects, each with the sentence that says what it is.

The limits are those of the modules: change one, and the sentence with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "empty-gold": "The gold text is empty, in a corpus that has gold texts.",
        "gold-not-on-page": "More than 5 % of the gold's tokens (and at least 5) are not in the"
        " visible text of the page, nor most of these anywhere else in it.",
        "gold-hidden": "More than 5 % of the gold's tokens (and at least 5) are not in the visible"
        " text of the page, and 80 % or more of these stand in what a browser does not show:"
        " noscript, template and hidden elements, attributes.",
        "gold-in-script": "More than 5 % of the gold's tokens (and at least 5) are not in the"
        " visible text of the page, and 80 % or more of these stand in a script of the page, such"
        " as JSON-LD, more than in anything else that a browser does not show.",
        "gold-repeated": "The page shows the lines of the gold (95 % of its tokens or more), but"
        " less often: more than 5 % of the gold's tokens (and at least 5) are repetitions.",
        "must-not-in-gold": "A snippet that must not be extracted stands in the gold text.",
        "must-missing-from-gold": "A snippet that must be extracted does not stand in the gold"
        " text.",
        "must-missing-from-page": "A snippet that must be extracted does not stand in the visible"
        " text of the page.",
        "leaked-label": "The page carries marks of an annotation tool, or marks that tell gold"
        " from the rest all over the corpus: an extractor could read the answer.",
        "duplicate-page": "Another page has the same bytes.",
        "near-duplicate": "Another page has nearly the same gold text (Jaccard index of 4-token"
        " shingles at least .8), or, where there is none, nearly the same visible text (.9).",
        "contradicting-gold": "Another page has the same bytes and another gold text, or nearly the"
        " same visible text (.98) and a gold that stands on both pages and differs (.9 or less).",
        "cut-sentence": "The gold ends within a sentence that goes on on the page.",
        "boilerplate-in-gold": "A line of the gold is a phrase of page furniture: cookie notice,"
        " share buttons, newsletter, copyright notice, read more.",
        "repeated-line": "A line of the gold (6 tokens or more) stands in the golds of 3 or more"
        " pages of one site that are else quite different.",
        "damaged-gold": "The gold has text that was decoded wrongly, replacement or control"
        " characters, or entities that the page does not show.",
        "damaged-page": "The visible text has text that was decoded wrongly, replacement or control"
        " characters.",
        "no-visible-text": "Before scripts run the page shows nothing, or fewer than 10 tokens and"
        " fewer than its gold has.",
    }
)
