"""Deepgram's ears are in trouble: no word is lost and none is heard twice, or the caller hears an apology."""

import asyncio
from pathlib import Path

from processors.barge_in import vad
from tests.calls.neighbour import neighbour
from tests.calls.town import GREETING, PRICE, PRICE_QUESTION, Town, heard, hears, make_line, said, town
from trunkline.sandbox.listen_faults import ListenFault
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Ended, Said, VerbRun

APOLOGY = make_line().apology

MENDED: dict[str, tuple[ListenFault, ...]] = {
    # The question begins some 1,100 ms into the call.
    "closed mid-word": (ListenFault(close_after_ms=1700),),
    "cut mid-word": (ListenFault(close_after_ms=1700, close_code=1006),),
    "closed mid-word twice": (ListenFault(close_after_ms=1700), ListenFault(close_after_ms=400)),
    "garbage mid-word": (ListenFault(garble_after_ms=1700),),
    "silent": (ListenFault(silent=True),),
    "stalled mid-word": (ListenFault(stall_after_ms=1700, stall_ms=1000),),
    "slow": (ListenFault(slow_ms=1200),),
    "429 once": (ListenFault(refuse=429),),
    "500 once": (ListenFault(refuse=500),),
}

HOPELESS: dict[str, tuple[ListenFault, str]] = {
    "401": (ListenFault(refuse=401), "Deepgram answered 401"),
    "429 always": (ListenFault(refuse=429), "Deepgram answered 429"),
    "silent always": (ListenFault(silent=True), "fell silent"),
}


async def converse(place: Town, phone: Phone) -> None:
    """Ask a question and hear its answer; what was understood is what was said."""
    await hears(phone, GREETING)
    await phone.say(said(PRICE_QUESTION))
    await hears(phone, PRICE)
    await phone.hang_up()
    await phone.ended()
    turn = (await place.row(phone)).turns[1]
    assert (turn.caller, turn.agent) == (PRICE_QUESTION, PRICE)


async def test_a_connection_that_breaks_costs_no_word_and_no_other_call_anything(tmp_path: Path) -> None:
    async with town(tmp_path) as place, neighbour(place):
        ears = place.world.deepgram.listen
        phones = []
        for faults in MENDED.values():
            ears.faults = list(faults[:1])
            phones.append(await place.call())
            ears.faults = []
        ears.faults = [fault for faults in MENDED.values() for fault in faults[1:]]
        results = await asyncio.gather(*(converse(place, p) for p in phones), return_exceptions=True)
        assert {w: r for w, r in zip(MENDED, results, strict=True) if r is not None} == {}
        assert ears.faults == []
        # All but those that stalled or were slow connected again, one of them twice; the neighbour once.
        assert len(ears.requests) == 2 * len(MENDED)


async def test_ears_that_are_lost_for_good_end_in_an_apology_in_our_own_voice(tmp_path: Path) -> None:
    async with town(tmp_path) as place:
        ears = place.world.deepgram.listen
        for what, (fault, reason) in HOPELESS.items():
            ears.fault = fault
            phone = await place.ring()
            if what == "silent always":
                await asyncio.sleep(1.2)
                phone.say(said(PRICE_QUESTION) * 20)
            await phone.ended()
            assert APOLOGY in heard(phone), what
            assert phone.log.of(VerbRun)[-1].name == "Hangup", what
            assert "Say" not in [verb.name for verb in phone.log.of(VerbRun)], what
            assert phone.log.of(Ended)[0].status == "completed"
            row = await place.row(phone)
            assert row.outcome == "failed", what
            assert reason in row.reason, what


async def test_who_speaks_into_the_apology_hears_it_from_the_carrier_at_once(tmp_path: Path) -> None:
    ears = {"fault": ListenFault(refuse=401)}
    # Without ears there are no words that could confirm it.
    async with town(tmp_path, make_line(barge_in=vad), deepgram={"listen": ears}) as place:
        phone = await place.ring()
        await hears(phone, APOLOGY[:20])
        phone.say(said(PRICE_QUESTION))
        record = await phone.until(Said, timeout=1)
        assert record.text == APOLOGY
        await phone.ended()
        assert (await place.row(phone)).outcome == "failed"
