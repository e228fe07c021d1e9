"""``trunkline campaign``: lists of people that a line calls."""

from pathlib import Path
from typing import Annotated

import typer

from trunkline.commands.lines import Json
from trunkline.commands.serve import Host, Port

EPILOG = """\b
Examples:
  trunkline campaign start recall --line pipelines/front_desk.py --contacts patients.csv
  trunkline campaign start recall --line pipelines/front_desk.py --contacts patients.csv \\
      --rate 0.5 --at-once 4 --retry busy=3@10m --retry no-answer=2@2h --retry voicemail-left=1@1d
  trunkline campaign status recall --watch
  trunkline campaign export recall --out recall.csv
"""

app = typer.Typer(
    help="Call everybody on a list; show how far it is, pause it, export it.",
    epilog=EPILOG,
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The campaign's name.")]
Detach = Annotated[
    bool, typer.Option("--detach", help="Leave the calling to a running `trunkline serve` of this line.")
]


@app.command(epilog=EPILOG)
def start(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Lower-case letters, digits and dashes.")],
    line: Annotated[Path, typer.Option(metavar="FILE", help="Pipeline file of the line that calls.")],
    contacts: Annotated[
        Path | None, typer.Option(metavar="CSV", help="List of people, with a header row.")
    ] = None,
    table: Annotated[
        str | None, typer.Option(metavar="TABLE", help="Table of people, or a SELECT, instead of a file.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Where that table is, by SQLAlchemy; else the call store."),
    ] = None,
    number_column: Annotated[str, typer.Option(metavar="COLUMN", help="Where the number stands.")] = "number",
    rate: Annotated[float, typer.Option(metavar="N", help="Calls begun in a second; Twilio allows 1.")] = 1.0,
    at_once: Annotated[int, typer.Option(metavar="N", help="Calls that ring or go on at a time.")] = 10,
    retry: Annotated[
        list[str] | None,
        typer.Option(
            metavar="OUTCOME=TIMES@AFTER",
            help="Try again after this outcome [busy=3@10m no-answer=2@2h failed=1@10m unknown=1@1h]",
        ),
    ] = None,
    attempts: Annotated[int, typer.Option(metavar="N", help="Calls to one person at most.")] = 8,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Leave out rows that cannot be called.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Check everything, start nothing.")] = False,
    detach: Detach = False,
    host: Host = "127.0.0.1",
    port: Port = 8080,
) -> int:
    """Start a campaign: check all of it, then call.

    Serves the line for its calls and shows how far it is. Ctrl-C stops it; `trunkline campaign resume NAME`
    goes on, also after a crash. Nobody is called again whose call was begun.
    """
    from trunkline.commands.campaign_start import Order
    from trunkline.commands.campaign_start import start as begin

    order = Order(
        name=name,
        line=line,
        contacts=contacts,
        table=table,
        database=database,
        column=number_column,
        rate=rate,
        at_once=at_once,
        retry=tuple(retry or ()),
        attempts=attempts,
        skip_bad=skip_bad,
    )
    return begin(order, host, port, check=check, detach=detach)


@app.command()
def status(
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One campaign; else all.")] = None,
    watch: Annotated[bool, typer.Option("--watch", help="Go on showing it until it is done.")] = False,
    as_json: Json = False,
) -> int:
    """Show how far campaigns are: contacts by outcome, the pace, the next attempts."""
    from trunkline.commands.campaign_orders import status as show

    return show(name, watch=watch, as_json=as_json)


@app.command("list")
def list_() -> int:
    """List the campaigns."""
    from trunkline.commands.campaign_orders import listing

    return listing()


@app.command()
def pause(name: Name) -> int:
    """Begin no more calls; those that go on are finished."""
    from trunkline.commands.campaign_orders import pause as order

    return order(name)


@app.command()
def resume(
    name: Name,
    line: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The line's file, if it is elsewhere now.")
    ] = None,
    detach: Detach = False,
    host: Host = "127.0.0.1",
    port: Port = 8080,
) -> int:
    """Go on with a campaign that was paused, or whose process was stopped or has died."""
    from trunkline.commands.campaign_start import resume as go_on

    return go_on(name, line, host, port, detach=detach)


@app.command()
def export(
    name: Name,
    out: Annotated[Path | None, typer.Option(metavar="CSV", help="A file; else standard output.")] = None,
) -> int:
    """Write each contact with what came of it, as CSV."""
    from trunkline.commands.campaign_orders import export as write

    return write(name, out)


@app.command()
def delete(name: Name) -> int:
    """Delete a campaign that is done or paused: its contacts and attempts. The calls stay."""
    from trunkline.commands.campaign_orders import delete as order

    return order(name)
