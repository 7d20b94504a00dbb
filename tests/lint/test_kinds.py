"""The sentences that say what the defects are."""

import re
from pathlib import Path

from boilerbench.lint import KINDS

README = Path(__file__).parents[2] / "corpora" / "README.md"


def test_the_readme_of_corpora_says_the_same():
    items = re.findall(r"^- `([a-z-]+)`: ((?:.+\n)(?:  .+\n)*)", README.read_text(), re.MULTILINE)
    assert {kind: " ".join(sentence.split()) for kind, sentence in items} == dict(KINDS)


def test_each_sentence_stands_by_itself():
    """One may be shown alone: none goes on with the one before."""
    assert [one for one in KINDS.values() if re.match(r"(The same|As \w+)\b(?! bytes)", one)] == []
