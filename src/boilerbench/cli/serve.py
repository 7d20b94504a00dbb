"""`boilerbench serve`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(epilog="Example: boilerbench serve results/mine --port 8000")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=0,
    metavar="PORT",
    help="Where to listen on this machine.  [default: any that is free]",
)
def serve(run: Path, port: int) -> None:
    """Serve the report of RUN to a browser on this machine, until Ctrl-C.

    While the run goes on it shows how far each extractor is, then the report. The report opens from
    disk just as well.
    """
    from boilerbench.report.serve import Server
    from boilerbench.store import Run

    Run(run)  # or say that there is none
    with Server(run, port) as server:
        click.echo(f"{server.address}  (Ctrl-C ends it)")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo()
