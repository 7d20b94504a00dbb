"""A plug-in that was not installed with all that it needs."""

import a_library_that_is_not_there

from boilerbench import Page


def extract(page: Page) -> str:
    """Never called."""
    return a_library_that_is_not_there.extract(page.html)
