"""newspaper4k puts the elements among which it chooses into sets, where they lie in the order of
their addresses in memory: of two that score alike another one wins in the next process, and the
text of the page is another. In the order of the document it is the same in every process."""

from __future__ import annotations

import sys

DOCUMENT_ORDER = "elements that score alike are taken in the order of the document"
"""What an adapter says of it in `given`."""


def keep_document_order() -> None:
    """Must be called when newspaper4k is imported, and before it sees a page. Releases before 0.9.1
    have no such module, and no such sets."""
    chooser = sys.modules.get("newspaper.extractors.articlebody_extractor")
    if chooser is not None:
        vars(chooser)["set"] = dict.fromkeys  # drops what is there twice, as it means to
