"""Lines side by side: the called number picks the file, one that cannot answer leaves the others in peace."""

import asyncio
from pathlib import Path

from tests.calls.neighbour import neighbour
from tests.calls.town import GREETING, PRICE, PRICE_QUESTION, heard, hears, make_line, said, town
from tests.calls.wire import Wire
from trunkline.loader import load_all
from trunkline.overflow import BUSY
from trunkline.sandbox.telephone.records import Ended, Said, StreamStarted, VerbRun
from trunkline.server import twiml

OTHER = "+15550101"
NOBODYS = "+15550999"

FILE = """
from processors.sentence_splitter import SentenceSplitter
from processors.vad import VAD
from trunkline import Call, Line

line = Line(name="{name}", number="{number}", greeting="{greeting}", prompt="Be kind.")


@line.answer
def compose(call: Call):
    context = call.context()
    return [
        call.input(),
        VAD(),
        call.deepgram_stt(),
        context.user(),
        call.openai(),
        SentenceSplitter(),
        call.aura_tts(),
        call.output(),
        context.assistant(),
    ]
"""


def file(name: str, number: str, greeting: str = "Yes?", **changes: str) -> str:
    """A pipeline file; ``changes`` replace a stage by something else."""
    text = FILE.format(name=name, number=number, greeting=greeting)
    for stage, instead in changes.items():
        assert f"call.{stage}()," in text
        text = text.replace(f"call.{stage}(),", instead)
    return text


FILES = {
    "desk.py": file("desk", "+15550100", GREETING),
    "syntax.py": file("syntax", "+15550110").replace("return [", "return ("),
    "no_line.py": "greeting = 'Hello'\n",
    "raises.py": "1 / 0\n",
    "same_number.py": file("copy", "+15550100"),
    "no_output.py": file("no-output", "+15550111", output=""),
    "two_outputs.py": file("two-outputs", "+15550112", output="call.output(), call.output(),"),
    "no_ears.py": file("no-ears", "+15550113", deepgram_stt=""),
    "no_voice.py": file("no-voice", "+15550114", aura_tts="call.aura_tts(voice='thalia'),"),
    "shop.py": file("shop", OTHER, "The shop."),
}

WRONG = {
    "syntax.py": ("syntax error", "closing parenthesis"),
    "no_line.py": ("no line in it",),
    "raises.py": ("ZeroDivisionError", "raises.py:1"),
    "same_number.py": ("+15550100 is taken by", "desk.py"),
    "no_output.py": ("no call.output()",),
    "two_outputs.py": ("2 call.output()",),
    "no_ears.py": ("no speech-to-text",),
    "no_voice.py": ("unknown voice 'thalia'", "no_voice.py:"),
}


async def test_a_file_that_cannot_answer_is_named_and_the_others_serve(tmp_path: Path) -> None:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    loaded, wrong = load_all(tmp_path / name for name in FILES)
    async with town(tmp_path, *loaded) as place:
        found = {error.path.name: str(error) for error in [*wrong, *place.service.wrong]}
        assert found.keys() == WRONG.keys()
        for name, words in WRONG.items():
            assert all(word in found[name] for word in words), found[name]
            assert found[name].count("\n") == 0
        assert [plan.line.name for plan in place.service.plans] == ["desk", "shop"]
        for number, greeting in (("+15550100", GREETING), (OTHER, "The shop.")):
            phone = await place.call(number)
            await hears(phone, greeting)
            await phone.hang_up()
            await phone.ended()
        refused = await place.ring("+15550111")
        await refused.ended()
        assert [said.text for said in refused.log.of(Said)] == [twiml.NOT_IN_SERVICE]


async def test_two_lines_on_one_server_keep_to_themselves(tmp_path: Path) -> None:
    shop = make_line(OTHER, name="shop", greeting="The shop.", prompt="You are a shop.")
    async with town(tmp_path, make_line(), shop) as place, neighbour(place):
        phone = await place.call(OTHER)
        await hears(phone, "The shop.")
        await phone.say(said(PRICE_QUESTION))
        await hears(phone, PRICE)
        assert heard(phone) == f"The shop.{PRICE}"
        system = place.world.openai.requests[-1].messages[0]
        assert system["content"] == "You are a shop."
        assert [m["content"] for m in place.messages()] == ["The shop.", PRICE_QUESTION]
        await phone.hang_up()
        await phone.ended()
        assert (await place.row(phone)).line == "shop"


async def test_an_unknown_number_is_refused_in_words(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.ring(NOBODYS)
        await phone.ended()
        assert [record.text for record in phone.log.of(Said)] == [twiml.NOT_IN_SERVICE]
        assert [record.name for record in phone.log.of(VerbRun)] == ["Say", "Hangup"]
        assert phone.log.of(Ended)[0].status == "completed"
        assert await place.row(phone) is None


async def test_one_call_too_many_hears_that_all_lines_are_busy(tmp_path: Path) -> None:
    async with town(tmp_path, settings={"TRUNKLINE_MAX_CALLS": 1}) as place, Wire(place) as wire:
        assert await wire.get("/readyz") == (200, {"status": "ready", "calls": 0, "limit": 1})
        first = await place.call()
        full = {"status": "full", "reason": "limit", "calls": 1, "limit": 1}
        assert await wire.get("/readyz") == (503, full)
        assert await wire.get("/healthz") == (200, {"status": "alive", "calls": 1})
        second = await place.ring()
        await second.ended()
        assert [record.text for record in second.log.of(Said)] == [BUSY]
        assert second.log.of(StreamStarted) == []
        await hears(first, GREETING)
        await first.hang_up()
        await first.ended()
        await place.left(first)
        assert (await wire.get("/readyz"))[0] == 200
        third = await place.call()
        await hears(third, GREETING)
        await third.hang_up()
        await third.ended()


async def test_five_calls_that_start_leave_no_gap_in_another(tmp_path: Path) -> None:
    async with town(tmp_path) as place, neighbour(place):
        phones = await asyncio.gather(*(place.call() for _ in range(5)))
        for phone in phones:
            await hears(phone, GREETING)
        for phone in phones:
            await phone.hang_up()
            await phone.ended()


async def test_a_file_that_fails_for_one_call_apologises_to_that_caller_alone(tmp_path: Path) -> None:
    def prompt() -> str:
        calls.append(1)
        if len(calls) == 4:
            raise LookupError("the diary of Anna Baker")
        return "Be kind."

    calls: list[int] = []
    async with town(tmp_path, make_line(prompt=prompt)) as place:
        place.log.expects_errors = True
        calls[:] = [1, 1]
        first = await place.call()
        second = await place.ring()
        await second.ended()
        assert [record.name for record in second.log.of(VerbRun)] == ["Say", "Hangup"]
        row = await place.row(second)
        assert (row.outcome, row.reason) == ("failed", "its pipeline could not be composed: LookupError")
        await hears(first, GREETING)
        await first.hang_up()
        await first.ended()
        assert "Anna Baker" not in "".join(place.log.lines)
