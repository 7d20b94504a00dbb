"""The command line. Modules here import click alone; a command imports the rest when it runs, so
that `--help` and a misspelt option answer at once."""
