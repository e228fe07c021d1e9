"""A caller talks with a line, end to end over real sockets: greeting, answer, barge-in, goodbye."""

from pathlib import Path

from tests.calls.town import GREETING, hears, said, town
from trunkline.sandbox.telephone.records import Ended, MediaReceived, StreamStarted, VerbRun


async def test_the_greeting_is_heard_at_once(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        started = phone.log.of(StreamStarted)[0].at
        first = await phone.until(MediaReceived)
        assert first.at - started <= 0.050
        await hears(phone, GREETING)
        await phone.hang_up()
        await phone.ended()


async def test_a_whole_conversation(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        phone = await place.call()
        await hears(phone, GREETING)
        await phone.say(said("And how much is a check-up?"))
        await hears(phone, "A check-up costs eighty five dollars.")
        await phone.say(said("No thank you, that's all. Goodbye."))
        await hears(phone, "Goodbye!")
        await phone.ended()
        assert phone.log.of(Ended)[0].status == "completed"
        assert phone.log.of(VerbRun)[-1].name == "Hangup"
        await place.service.store.flush()
        (row,) = await place.service.store.calls()
        assert row.outcome == "completed"
        assert [turn.agent for turn in row.turns] == [GREETING, "A check-up costs eighty five dollars.", "Goodbye!"]
        assert row.turns[1].caller.lower().startswith("and how much is a check")
