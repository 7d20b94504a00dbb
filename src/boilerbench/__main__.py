"""`python -m boilerbench`."""

from boilerbench.cli.main import main

main()
