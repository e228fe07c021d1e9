"""What a caller dictates or keys in: the model and the tools get every digit, and nobody else does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from processors.tools import tool
from tests.calls import town as town_module
from tests.calls.town import GREETING, Town, hears, make_line, said, town
from trunkline.call import Call
from trunkline.events import Event
from trunkline.redaction.privacy import Privacy
from trunkline.sandbox.brain import Rule
from trunkline.sandbox.ears import Phrasebook
from trunkline.sandbox.telephone.phone import Phone
from trunkline.tracing import Tracing

FIRST = "Okay, four one one one one one"
THEN = "one one one one one"
LAST = "and one double one one one"
PHONE = "My number is four one five five five five zero one two three"
DIGITS = "4111111111111111"
KEYED = "4242424242424242"

VOICES = {
    FIRST: "what time do you close today",
    THEN: "can I speak to a person",
    LAST: "Sorry, one more thing.",
    PHONE: "goodbye",
}
"""What is understood, and whose recording is played for it."""

charged: list[str] = []


@tool(side_effects=True)
async def charge(call: Call, card_number: str) -> str:
    """Charge a card."""
    charged.append(card_number)
    call.data["paid_with"] = card_number
    return f"card {card_number} was charged"


RULES = (
    Rule(
        "double one", "Thank you, four one one one one one, and so on.", ("charge", {"card_number": DIGITS})
    ),
    Rule("double one|was charged", "All done."),
    Rule("pressed", "I have 4242 4242 4242 4242, is that right?"),
    Rule("four one five", "I will call you there."),
    Rule("four one one", "Mhm."),
    Rule("one one one", "Go on."),
)


@asynccontextmanager
async def dictating(
    folder: Path, monkeypatch: pytest.MonkeyPatch, **values: Any
) -> AsyncIterator[tuple[Town, Phone]]:
    """Somebody who has heard the greeting, and hangs up in the end."""
    charged.clear()
    book = Phrasebook({text: said(recording) for text, recording in VOICES.items()})
    monkeypatch.setattr(town_module, "BOOK", book)
    async with town(folder, make_line(tools=[charge], **values), rules=RULES) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        yield place, phone
        await phone.hang_up()
        await phone.ended()
        await place.left(phone)
        await place.service.store.flush()


async def dictate(phone: Phone) -> None:
    """A card number, over three turns."""
    await phone.say(said(VOICES[FIRST]))
    await hears(phone, "Mhm.")
    await phone.say(said(VOICES[THEN]))
    await hears(phone, "Go on.")
    await phone.say(said(VOICES[LAST]))
    await hears(phone, "All done.")
    await asyncio.sleep(2)


def on_disk(folder: Path) -> str:
    """All bytes of the database and, while the server runs, its log."""
    files = sorted(folder.glob("calls.db*"))
    return b"".join(file.read_bytes() for file in files).decode(errors="replace")


SECRETS = ("one one one", "double one", "1111", "4242", "four one one", "4 2 4 2", "1 1 1")


def tells(text: str) -> list[str]:
    """What stands in a text that should not, and around it."""
    low = text.lower()
    return [text[max(0, low.find(s) - 40) : low.find(s) + 40] for s in SECRETS if s in low]


async def test_a_card_number_said_over_three_turns_is_nowhere_but_with_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events: list[Event] = []
    spans = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(spans))
    async with dictating(tmp_path, monkeypatch) as (place, phone):
        place.service.watchers.tap(events.append)
        place.service.watchers.tap(Tracing(provider.get_tracer("test")).tell)
        await dictate(phone)
        asked = [str(message.get("content")) for message in place.messages()]
        dictated = [words for words in asked if "one" in words.split()]
        assert dictated[:3] == [FIRST, THEN, LAST]
        await place.service.store.flush()
        during = on_disk(tmp_path)
    assert charged == [DIGITS]
    for written in (during, on_disk(tmp_path)):
        assert tells(written) == []
        assert "[card number]" in written
    assert tells("".join(map(repr, events))) == []
    assert any("[card number]" in repr(event) for event in events)
    assert tells("".join(span.to_json() for span in spans.get_finished_spans())) == []
    assert tells("\n".join(record["message"] for record in place.log.records)) == []


async def test_the_rows_say_what_was_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dictating(tmp_path, monkeypatch) as (place, phone):
        await dictate(phone)
        row = await place.row(phone)
    assert [turn.caller for turn in row.turns[1:]] == [
        "Okay, [card number]",
        "[card number]",
        "and [card number]",
    ]
    assert row.turns[-1].agent == "Thank you, [card number], and so on. All done."
    assert row.turns[-1].tools[0]["arguments"] == {"card_number": "[card number]"}
    assert row.turns[-1].tools[0]["result"] == "card [card number] was charged"


async def test_keys_are_left_out_like_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dictating(tmp_path, monkeypatch) as (place, phone):
        await phone.press(f"{KEYED}#")
        await hears(phone, "is that right?")
        assert place.messages()[-1]["content"] == f"pressed {' '.join(KEYED)} #"
        row = await place.row(phone)
    assert row.turns[-1].caller == "pressed [card number] #"
    assert row.turns[-1].agent == "I have [card number], is that right?"
    assert tells(on_disk(tmp_path)) == []


async def test_a_number_to_call_back_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with dictating(tmp_path, monkeypatch) as (place, phone):
        await phone.say(said(VOICES[PHONE]))
        await hears(phone, "I will call you there.")
        row = await place.row(phone)
    assert row.turns[-1].caller == PHONE


async def test_what_began_like_a_card_number_and_was_none_is_kept_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with dictating(tmp_path, monkeypatch) as (place, phone):
        await phone.say(said(VOICES[FIRST]))
        await hears(phone, "Mhm.")
        assert (await place.row(phone)).turns[-1].caller == "Okay, [digits]"
    async with town(tmp_path) as later:
        row = await later.service.store.call(phone.sid)
        assert row is not None
        assert row.turns[-1].caller == FIRST


async def test_a_line_may_keep_everything_and_mask_who_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    privacy = Privacy(cards=False, caller_numbers="masked")
    async with dictating(tmp_path, monkeypatch, privacy=privacy) as (place, phone):
        await phone.say(said(VOICES[FIRST]))
        await hears(phone, "Mhm.")
        row = await place.row(phone)
    assert row.turns[-1].caller == FIRST
    assert row.caller == f"•••{phone.call.from_[-3:]}"
