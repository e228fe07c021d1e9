"""``trunkline serve``: all lines on one server."""

from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="PATH", help="Pipeline files, or folders of them; else pipelines/."),
]
Host = Annotated[
    str, typer.Option(metavar="HOST", help="Address to listen on; 0.0.0.0 for all, as in a container.")
]
Port = Annotated[
    int, typer.Option(metavar="PORT", help="Port to listen on; 0 takes a free one.", min=0, max=65535)
]

NO_FILE = "no pipeline file found; name one, such as pipelines/front_desk.py"

EPILOG = """\b
Examples:
  trunkline serve                                  every line in pipelines/
  trunkline serve pipelines/front_desk.py more/    one file, and a folder
  trunkline serve --host 0.0.0.0 --port 80         in a container

\b
Settings, from the environment or .env:
  TWILIO_AUTH_TOKEN           checks that a request is Twilio's; required
  DEEPGRAM_API_KEY            hears and speaks; required
  OPENAI_API_KEY              thinks; required
  TRUNKLINE_PUBLIC_URL        https://… under which Twilio reaches us
  TRUNKLINE_MAX_CALLS         calls at once; the next one hears that we are busy
  TRUNKLINE_DATABASE_URL      call store [sqlite+aiosqlite:///trunkline.db]
  TRUNKLINE_SECRET            signs tickets; needed by more than one process
  TRUNKLINE_LOG_LEVEL         least serious level that is logged [INFO]
  TRUNKLINE_RECORDINGS        where `trunkline call` records [recordings]
  TWILIO_ACCOUNT_SID          lets `trunkline doctor` ask Twilio
  DEEPGRAM_BASE_URL, OPENAI_BASE_URL, TWILIO_BASE_URL
                              other servers that speak the vendors' protocols
"""


def serve(paths: Paths = None, host: Host = "127.0.0.1", port: Port = 8080) -> int:
    """Answer all lines on one server.

    Files that cannot answer a phone are named and left out; the others are served. Ctrl-C (or SIGTERM) stops
    cleanly, a second one at once. Needs TWILIO_AUTH_TOKEN, DEEPGRAM_API_KEY and OPENAI_API_KEY.
    """
    from trunkline.commands.serving import start

    return start(paths or [], host, port)
