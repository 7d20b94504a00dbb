"""HTML to text, the same for every extractor that gives HTML: html-text with its own defaults.

Its rules, for whoever has to follow them without it; `tests/worker/html_to_text.json` has a text
for each:

1.  NUL characters are dropped, and the HTML is parsed by libxml2.
2.  Comments, processing instructions, and `applet`, `frame`, `frameset`, `link`, `meta`,
    `noframes`, `script` and `style` go, with what is in them; `embed`, `iframe`, `layer`, `object`
    and `param` go, and what is in them stays. The text on both sides becomes one text. Nothing goes
    for being hidden.
3.  The tree is walked. Where an element of the table begins, and again where it ends, so many line
    ends are written, unless there are already as many; never more than two, none at the beginning
    or the end of the whole.

    | line ends | elements |
    | --- | --- |
    | 2 | blockquote dl figure h1 h2 h3 h4 h5 h6 ol p pre title ul |
    | 1 | article aside br dd details div dt fieldset figcaption footer form header hr legend li \
main nav table tr |
    | 0 | all others, `section`, `td` and `th` among them |

    `br` begins and ends at the same place, so that two of them are one line end.
4.  Every text node (between two tags) has its white space collapsed to single spaces and removed at
    both ends, in `pre` too; an empty one is skipped. White space is what Unicode calls so, the
    no-break space included.
5.  Between two text nodes on one line stands a space, whether or not there was white space. None
    stands if the second begins with one of `, : ; . ! ? " )`, or the first is or ends with `(`,
    unless the first ended with white space before it was collapsed.
"""

from __future__ import annotations

import html_text

BY = "html-text"
"""What an adapter says of it in `given`."""


def html_to_text(html: str) -> str:
    """The text of a fragment or a page."""
    text: str = html_text.extract_text(html)
    return text
