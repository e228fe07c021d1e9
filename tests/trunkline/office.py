"""What tests of the product around a pipeline share: a line without vendors, an archive in memory."""

from collections.abc import Callable
from typing import Any

from pipecat.processors.frame_processor import FrameProcessor

from trunkline import settings
from trunkline.call import Call
from trunkline.events import Watchers
from trunkline.life import Outcome
from trunkline.line import Line
from trunkline.records import Facts, Turn
from trunkline.resuming.resumption import Resumed
from trunkline.sandbox.carrier import ACCOUNT_SID, AUTH_TOKEN, Carrier
from trunkline.switchboard import Switchboard
from trunkline.vendors import Vendors

NUMBER = "+15550100"


def facts(number: int = 1, called: str = NUMBER) -> Facts:
    return Facts(sid=f"CA{number:032x}", caller="+14155550123", called=called)


def plain_line(**values: Any) -> Line:
    """A line without a pipeline."""
    return Line(**{"name": "desk", "number": NUMBER, "greeting": "Hi.", "prompt": "Be kind.", **values})


def bare_line(*stages: Callable[[], FrameProcessor], **values: Any) -> Line:
    """A line that hears and speaks, and has no vendor."""
    line = plain_line(**values)

    @line.answer
    def compose(call: Call) -> list[FrameProcessor]:
        return [call.input(), *(stage() for stage in stages), call.output()]

    return line


def no_vendors() -> Vendors:
    """Clients that nobody answers; close them."""
    nobody = "http://127.0.0.1:9"
    return Vendors(settings.load(_env_file=None, DEEPGRAM_BASE_URL=nobody, OPENAI_BASE_URL=f"{nobody}/v1"))


def with_carrier(carrier: Carrier) -> Vendors:
    """A carrier's REST API, and no other vendor; close them."""
    values = {
        "TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "TWILIO_BASE_URL": carrier.base_url,
    }
    return Vendors(settings.load(_env_file=None, **values))


class Archive:
    """Keeps calls in memory."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.turns: dict[str, list[Turn]] = {}
        self.outcomes: dict[str, Outcome] = {}
        self.notes: dict[str, dict[str, Any]] = {}
        self.left = Resumed()
        """What was left of any call."""

    def begin(self, facts: Facts, line: Line) -> None:
        self.begun.append(facts.sid)

    def turn(self, sid: str, turn: Turn) -> None:
        self.turns.setdefault(sid, []).append(turn)

    def note(self, sid: str, *, urgent: bool = False, **columns: Any) -> None:
        self.notes.setdefault(sid, {}).update(columns)

    def end(self, sid: str, outcome: Outcome) -> None:
        self.outcomes[sid] = outcome

    async def outcome(self, sid: str) -> Outcome | None:
        return self.outcomes.get(sid)

    async def flush(self) -> bool:
        return True

    async def resumed(self, sid: str) -> Resumed:
        return self.left


def board(vendors: Vendors, archive: Archive, *lines: Line, **options: Any) -> Switchboard:
    return Switchboard(lines or [bare_line()], vendors, archive, Watchers(), **options)
