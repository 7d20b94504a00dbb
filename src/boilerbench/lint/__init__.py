"""Defects of annotation that make the figures on a corpus doubtful, found page by page.

One module for each family of defects; `check` puts them together. A finding is a reason to look at
a page, and says what was seen there; what is searched for and where the limits lie stands in
`kinds`.
"""

from boilerbench.lint.check import lint
from boilerbench.lint.kinds import KINDS
from boilerbench.lint.report import Defect, Report

__all__ = ["KINDS", "Defect", "Report", "lint"]
