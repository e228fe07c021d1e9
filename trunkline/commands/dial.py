"""``trunkline dial``: one call to somebody, seen as it goes on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from trunkline import loader, logs, settings
from trunkline.commands.serve import Host, Port
from trunkline.errors import SettingsError, TrunklineError

if TYPE_CHECKING:
    from trunkline.loader import Loaded
    from trunkline.settings import Settings

EPILOG = """\b
Examples:
  trunkline dial pipelines/front_desk.py +12025550123
  trunkline dial front-desk "(202) 555-0123" --data name=Ann --data visit="Monday at nine"
  trunkline dial front-desk +12025550123 --no-wait        a server that runs already takes the call
  trunkline dial pipelines/front_desk.py +12025550123 --sandbox machine

\b
Exits with 0 if a person, or a machine with our message on it, was reached, else with 1.
"""

Target = Annotated[str, typer.Argument(metavar="FILE | LINE", help="A pipeline file, or a line's name.")]
Number = Annotated[
    str,
    typer.Argument(metavar="NUMBER", help="Whom to call: +12025550123, or as written in the line's country."),
]
Data = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME=VALUE", help="What the call knows of them: call.data, and {name} in a greeting."
    ),
]
Wait = Annotated[
    bool,
    typer.Option(
        "--wait/--no-wait",
        help="Serve the line for the length of the call, or leave that to a server that runs already.",
    ),
]
Anyway = Annotated[bool, typer.Option("--anyway", help="Also outside of the line's calling hours.")]
Sandbox = Annotated[
    str | None,
    typer.Option(
        metavar="WHO",
        help="Rehearse with an emulated carrier and voices, no key and no phone: human, machine, busy, "
        "no-answer or failed.",
    ),
]

NEEDED = ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "DEEPGRAM_API_KEY", "OPENAI_API_KEY")


def dial(
    target: Target,
    number: Number,
    data: Data = None,
    wait: Wait = True,
    anyway: Anyway = False,
    sandbox: Sandbox = None,
    host: Host = "127.0.0.1",
    port: Port = 8080,
) -> int:
    """Call somebody, and show the call as it goes on.

    The line is served for the length of the call, so TRUNKLINE_PUBLIC_URL must lead to this port. Numbers on
    the do-not-call list, and those of people for whom it is not within the line's hours, are not called.
    """
    values, known = settings.load(), fields(data or [])
    logs.configure("ERROR", logs.secrets(values))
    line = find(target)
    if sandbox is not None:
        from trunkline.commands.dial_rehearsal import rehearse

        return rehearse(line, number, known, sandbox, values)
    check(values)
    from trunkline.commands import dialling

    if wait:
        return dialling.here(line, values, number, known, host, port, anyway=anyway)
    return dialling.elsewhere(line, values, number, known, anyway=anyway)


def find(target: str) -> Loaded:
    """The line of a file, or the one of that name among the usual files.

    Raises:
        TrunklineError: there is none.
    """
    path = Path(target)
    if path.suffix == ".py" or path.exists():
        return loader.Loaded(path.resolve(), loader.load(path))
    loaded, _ = loader.load_all(loader.find())
    for one in loaded:
        if one.line.name == target:
            return one
    names = ", ".join(one.line.name for one in loaded) or "none"
    raise TrunklineError(
        f"no line is called {target!r} in {loader.PIPELINES}/ (there: {names}); or name a file"
    )


def fields(given: list[str]) -> dict[str, str]:
    """``name=Ann`` as data.

    Raises:
        TrunklineError: one is not written so.
    """
    data = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals or not name.isidentifier():
            raise TrunklineError(
                f"--data {one!r} is not understood; expected a name and a value, as name=Ann"
            )
        data[name] = value
    return data


def check(values: Settings) -> None:
    """
    Raises:
        SettingsError: something is not set without which nobody can be called.
    """
    from trunkline.outbound.dialler import NO_ORIGIN

    values.require(NEEDED)
    if not values.public_url and not values.twilio_base_url:
        raise SettingsError(f"{NO_ORIGIN}; `--sandbox human` rehearses without")
