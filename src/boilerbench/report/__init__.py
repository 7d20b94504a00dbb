"""What a run looks like to a reader: scoreboard files and a page that opens from disk."""

from boilerbench.report.write import write_report

__all__ = ["write_report"]
