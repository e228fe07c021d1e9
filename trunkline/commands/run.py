"""``trunkline run``: one line on one server."""

from pathlib import Path
from typing import Annotated

import typer

from trunkline.commands.serve import Host, Port

File = Annotated[Path, typer.Argument(metavar="FILE", help="A pipeline file.")]

EPILOG = """\b
Examples:
  trunkline run pipelines/front_desk.py
  python pipelines/front_desk.py --port 8081
"""


def run(file: File, host: Host = "127.0.0.1", port: Port = 8080) -> int:
    """Answer one line on one server, whatever number is called.

    `python FILE` does the same. Needs TWILIO_AUTH_TOKEN, DEEPGRAM_API_KEY and OPENAI_API_KEY.
    """
    from trunkline.commands.serving import start

    return start([file], host, port, single=True)
