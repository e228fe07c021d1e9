"""``trunkline serve``: all lines on one server."""

import os
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


def _workers(value: object) -> int:
    text = str(value)
    if text == "auto":
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    if not text.isdecimal() or int(text) < 1:
        raise typer.BadParameter(f"{text!r}; expected a number, 1 or more, or auto")
    return int(text)


Workers = Annotated[
    int,
    typer.Option(
        metavar="N",
        parser=_workers,
        help="Processes that share the calls, up to one a core; auto for so many. One that dies is replaced, "
        "and its calls go on in the others.",
    ),
]

NO_FILE = "no pipeline file found; name one, such as pipelines/front_desk.py"

EPILOG = """\b
Examples:
  trunkline serve                                  every line in pipelines/
  trunkline serve pipelines/front_desk.py more/    one file, and a folder
  trunkline serve --host 0.0.0.0 --port 80         in a container
  trunkline serve --workers 4                      for more calls than one core bears

\b
Settings, from the environment or .env:
  TWILIO_AUTH_TOKEN           checks that a request is Twilio's; required
  DEEPGRAM_API_KEY            hears and speaks; required
  OPENAI_API_KEY              thinks; required
  TRUNKLINE_PUBLIC_URL        https://… under which Twilio reaches us
  TRUNKLINE_MAX_CALLS         calls at once, of each worker; auto: as many as its core bears [auto]
  TRUNKLINE_DEEPGRAM_STT_STREAMS, TRUNKLINE_DEEPGRAM_TTS_STREAMS
                              streams of Deepgram at once [unlimited]
  TRUNKLINE_WARM_SOCKETS      sockets to Deepgram that wait for calls, of each sort [2]
  TRUNKLINE_DATABASE_URL      call store [sqlite+aiosqlite:///trunkline.db]
  TRUNKLINE_CAMPAIGN_DATABASE_URL
                              queues of campaigns, SQLite or PostgreSQL [beside the call store]
  TRUNKLINE_SECRET            signs tickets; needed by more than one server
  TRUNKLINE_METRICS_TOKEN     who knows it reads /metrics from anywhere, not only from the same network
  TRUNKLINE_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_ENDPOINT
                              http://… of an OpenTelemetry collector that gets spans of calls
  OTEL_EXPORTER_OTLP_HEADERS, OTEL_SERVICE_NAME
                              what it wants to be told, such as a key; what we are called there [trunkline]
  TRUNKLINE_LOG_LEVEL         least serious level that is logged [INFO]
  TRUNKLINE_RECORDINGS        where `trunkline call` records [recordings]
  TRUNKLINE_PRICES            TOML or JSON file with what vendors charge you [their list prices]
  TWILIO_ACCOUNT_SID          lets `trunkline doctor` ask Twilio
  DEEPGRAM_BASE_URL, OPENAI_BASE_URL, TWILIO_BASE_URL
                              other servers that speak the vendors' protocols
"""


def serve(paths: Paths = None, host: Host = "127.0.0.1", port: Port = 8080, workers: Workers = 1) -> int:
    """Answer all lines on one server.

    Files that cannot answer a phone are named and left out; the others are served. Ctrl-C (or SIGTERM) stops
    cleanly, a second one at once. Needs TWILIO_AUTH_TOKEN, DEEPGRAM_API_KEY and OPENAI_API_KEY.
    """
    from trunkline.commands.serving import start

    return start(paths or [], host, port, workers=workers)
