"""A socket may break at any moment; the caller's words may not be lost, nor said twice."""

import asyncio
from itertools import pairwise

import pytest
from pipecat.frames.frames import CancelFrame, EndFrame, ErrorFrame, InterruptionFrame

from processors import g711
from processors.deepgram import Deepgram, Socket
from processors.deepgram_stt import FINALIZE, DeepgramSTT
from processors.errors import VendorBusy, VendorProtocolError, VendorRefused, VendorUnavailable
from processors.flux_stt import FluxSTT
from processors.frames import LanguageFrame
from tests.processors.listening import (
    LONG,
    NAME,
    YES,
    Phone,
    deepgram,
    ears,
    errors,
    nobody_answers,
    now,
    said,
    turns,
    words,
)
from tests.processors.stock import Given
from tests.support import Bench, Up, Wait
from trunkline.sandbox import hearing_connection
from trunkline.sandbox.flux import FluxEmulator
from trunkline.sandbox.listen import ListenEmulator, ListenFault

Serve = type[ListenEmulator | FluxEmulator]
Stage = type[DeepgramSTT | FluxSTT]

BOTH = pytest.mark.parametrize(
    ("serve", "stage"), [(ListenEmulator, DeepgramSTT), (FluxEmulator, FluxSTT)], ids=["nova", "flux"]
)


def permanent(error: ErrorFrame) -> bool:
    return error.processor is not None and not error.processor.is_usable


@pytest.mark.parametrize("code", [1006, 1011, 1000])
@pytest.mark.parametrize("after_ms", [740, 1180, 1730, 2400])
async def test_every_word_once_when_the_socket_breaks_in_the_middle_of_one(after_ms: int, code: int) -> None:
    emulator = ListenEmulator(ears, faults=[ListenFault(close_after_ms=after_ms, close_code=code)])
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.pause(200)
        await phone.say(NAME)
        await phone.pause(1500)
        first, second = emulator.connections
        assert words(bench) == NAME
        assert turns(bench) == 1
        assert second.opened_at - (first.closed_at or 0) < 0.3
        assert [type(error.exception) for error in errors(bench)] == [VendorUnavailable]
        assert bench.stage.is_usable


@pytest.mark.parametrize("after_ms", [5300, 6200, 8000])
async def test_words_that_were_final_are_not_said_again(after_ms: int) -> None:
    emulator = ListenEmulator(ears, faults=[ListenFault(close_after_ms=after_ms)])
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(LONG)
        await phone.pause(1500)
        assert words(bench) == LONG
        assert turns(bench) == 1
        assert len(emulator.connections[1].received[0].data) > 0


async def test_audio_before_the_first_connection_is_heard() -> None:
    refused = [ListenFault(refuse=503)] * 4
    emulator = ListenEmulator(ears, faults=refused)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(1500)
        assert words(bench) == NAME
        assert [request.status for request in emulator.requests] == [503, 503, 503, 503, 101]
        assert len(errors(bench)) == 1
        sizes = [len(data) for _, data in emulator.connections[0].received]
        assert max(sizes) == 800
        assert sizes[0] == 800


async def test_breaking_again_and_again() -> None:
    faults = [ListenFault(close_after_ms=900, close_code=1006) for _ in range(4)]
    emulator = ListenEmulator(ears, faults=faults)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        for text in (YES, NAME):
            await phone.say(text)
            await phone.pause(3000)
        assert words(bench) == f"{YES} {NAME}"


async def test_a_drop_between_the_words_and_the_end_of_the_turn_still_ends_it() -> None:
    # The first socket is lost with its words final and the end of speech not announced yet.
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(YES)
        bench.stage._link.order(FINALIZE)  # type: ignore[attr-defined]
        await phone.pause(200)
        await emulator.drop()
        await phone.pause(2500)
        assert said(bench) == [YES]
        assert turns(bench) == 1


class Stuck(Socket):
    """A socket whose peer takes nothing any more, as if all buffers were full."""

    def __init__(self, socket: Socket) -> None:
        super().__init__(socket.client, socket._carrier, socket._stack)
        self.free = asyncio.Event()
        self.send_at_once = lambda data: False

    async def send(self, data: str | bytes) -> None:
        await self.free.wait()
        await super().send(data)


async def stuck(client: Deepgram) -> Stuck:
    return Stuck(await DeepgramSTT(client).recipe.open(client))


async def test_a_stalled_socket_holds_nothing_up() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client:
        socket = await stuck(client)
        async with Bench(DeepgramSTT(client, stock=Given(socket))) as bench:
            phone = Phone(bench, vad=False)
            await phone.pause(500)
            start = now()
            await bench.stage.queue_frame(InterruptionFrame())
            await bench.send(Up(InterruptionFrame()))
            assert now() - start <= 0.0011
            assert len(bench.heard.up_of(InterruptionFrame)) == 1
            await phone.say(NAME)
            socket.free.set()
            await phone.pause(1000)
            assert words(bench) == NAME
            assert len(emulator.connections) == 1


@BOTH
async def test_a_peer_that_stops_reading_for_two_seconds_loses_nothing(serve: Serve, stage: Stage) -> None:
    emulator = serve(ears)
    async with deepgram(emulator) as client, Bench(stage(client)) as bench:
        phone = Phone(bench)
        await phone.pause(200)
        emulator.stall(2.0)
        await phone.say(NAME)
        start = now()
        await bench.send(Up(InterruptionFrame()))
        assert now() - start <= 0.0011
        await phone.pause(2500)
        assert words(bench) == NAME
        assert not errors(bench)


async def test_a_socket_that_never_takes_anything_is_replaced() -> None:
    emulator = ListenEmulator(ears)
    async with (
        deepgram(emulator) as client,
        Bench(DeepgramSTT(client, stock=Given(await stuck(client)))) as bench,
    ):
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(3500)
        assert words(bench) == NAME
        assert len(emulator.connections) == 2


async def test_a_socket_that_takes_nothing_is_replaced_even_if_nobody_speaks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hearing_connection, "IDLE_S", 3600)
    emulator = ListenEmulator(ears)
    async with (
        deepgram(emulator) as client,
        Bench(DeepgramSTT(client, stock=Given(await stuck(client)))) as bench,
    ):
        await Phone(bench, vad=False, step_ms=500).pause(16_000)
        assert len(emulator.connections) == 2
        assert emulator.connections[1].audio_bytes > 14 * 8000


async def test_a_silent_vendor_is_replaced_and_told_everything() -> None:
    emulator = ListenEmulator(ears, faults=[ListenFault(silent=True)])
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(4000)
        assert words(bench) == NAME
        assert turns(bench) == 1
        assert 3.0 < emulator.connections[1].opened_at - emulator.connections[0].opened_at < 4.0
        assert ["fell silent" in error.error for error in errors(bench)] == [True]


@BOTH
async def test_a_vendor_that_stays_silent_is_given_up(serve: Serve, stage: Stage) -> None:
    emulator = serve(ears, fault=ListenFault(silent=True))
    async with deepgram(emulator) as client, Bench(stage(client)) as bench:
        phone = Phone(bench, step_ms=500)
        await phone.say(NAME)
        await phone.pause(25_000)
        assert len(emulator.connections) == 3
        assert [type(error.exception) for error in errors(bench)] == [VendorUnavailable] * 2
        assert not bench.stage.is_usable


async def test_sockets_that_break_once_in_a_while_are_replaced_for_ever() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(silent=True))
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench, step_ms=500)
        for _ in range(12):
            await phone.pause(9000)
            await emulator.drop()
        await phone.pause(500)
        assert len(emulator.open) == 1
        assert bench.stage.is_usable
        assert len(errors(bench)) == 12


async def test_silence_of_both_is_not_death() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(silent=True))
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        await Phone(bench, step_ms=500).pause(20_000)
        assert len(emulator.connections) == 1
        assert not errors(bench)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
@BOTH
async def test_a_refusal_is_reported_once_and_not_retried(status: int, serve: Serve, stage: Stage) -> None:
    emulator = serve(ears, fault=ListenFault(refuse=status))
    async with deepgram(emulator) as client, Bench(stage(client)) as bench:
        await Phone(bench).pause(5000)
        assert len(emulator.requests) == 1
        (error,) = errors(bench)
        assert isinstance(error.exception, VendorRefused)
        assert permanent(error)
        assert "DEEPGRAM_API_KEY" in error.error


async def test_a_wrong_key_is_refused_by_name() -> None:
    emulator = ListenEmulator(ears, api_key="right")
    async with deepgram(emulator, "wrong") as client, Bench(DeepgramSTT(client)) as bench:
        await bench.send(Wait(1))
        assert "Invalid credentials" in errors(bench)[0].error
        assert "wrong" not in errors(bench)[0].error


@pytest.mark.parametrize(("status", "kind"), [(429, VendorBusy), (503, VendorUnavailable)])
@BOTH
async def test_a_vendor_that_stays_busy_is_given_up_in_time(
    status: int, kind: type[Exception], serve: Serve, stage: Stage
) -> None:
    emulator = serve(ears, fault=ListenFault(refuse=status))
    async with deepgram(emulator) as client, Bench(stage(client)) as bench:
        await bench.send(Wait(30))
        waits = [b.at - a.at for a, b in pairwise(emulator.requests)]
        assert len(waits) >= 4
        assert all(later > sooner for sooner, later in pairwise(waits[1:5]))
        assert 3 < emulator.requests[-1].at - emulator.requests[0].at < 8.1
        first, last = errors(bench)
        assert isinstance(first.exception, kind)
        assert isinstance(last.exception, kind)
        assert permanent(last)


async def test_nobody_there() -> None:
    client = Deepgram("key", "http://127.0.0.1:9")
    async with Bench(DeepgramSTT(client)) as bench:
        await bench.send(Wait(20))
        assert [type(error.exception) for error in errors(bench)] == [VendorUnavailable] * 2
    await client.close()


@BOTH
async def test_garbage_is_reported_and_costs_no_words(serve: Serve, stage: Stage) -> None:
    emulator = serve(ears, faults=[ListenFault(garble_after_ms=700)])
    async with deepgram(emulator) as client, Bench(stage(client)) as bench:
        phone = Phone(bench)
        await phone.say(NAME)
        await phone.pause(1500)
        assert words(bench) == NAME
        assert [type(error.exception) for error in errors(bench)] == [VendorProtocolError]
        assert len(emulator.connections) == 2


async def test_a_line_on_hold_is_kept_alive() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.pause(500)
        await bench.send(Wait(60))
        connection = emulator.connections[0]
        gaps = [b.at - a.at for a, b in pairwise(connection.orders)]
        assert {order.data for order in connection.orders} == {b'{"type":"KeepAlive"}'}
        assert all(3 <= gap <= 5 for gap in gaps)
        await phone.say(NAME)
        await phone.pause(1000)
        assert words(bench) == NAME
        assert len(emulator.connections) == 1


async def test_a_socket_opened_ahead_is_used() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client:
        ahead = await DeepgramSTT(client).recipe.open(client)
        await asyncio.sleep(2)
        async with Bench(DeepgramSTT(client, stock=Given(ahead))) as bench:
            phone = Phone(bench)
            await phone.say(NAME)
            await phone.pause(1000)
            assert words(bench) == NAME
            assert len(emulator.requests) == 1


async def test_a_socket_opened_ahead_and_closed_for_want_of_audio_is_replaced_without_a_word() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client:
        ahead = await DeepgramSTT(client).recipe.open(client)
        await asyncio.sleep(11)
        assert emulator.connections[0].close_code == 1011
        async with Bench(DeepgramSTT(client, stock=Given(ahead))) as bench:
            phone = Phone(bench)
            await phone.say(NAME)
            await phone.pause(1000)
            assert words(bench) == NAME
            assert not errors(bench)


async def test_one_dead_socket_is_enough() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client:
        dead = [await DeepgramSTT(client).recipe.open(client) for _ in range(2)]
        await emulator.drop()
        stock = Given(*dead)
        async with Bench(DeepgramSTT(client, stock=stock)) as bench:
            await bench.send(Wait(0.1))
            assert len(stock.sockets) == 1
            assert len(emulator.connections) == 3
            assert not errors(bench)
        await dead[1].close()


async def test_what_a_socket_heard_before_the_call_does_not_move_the_words_of_the_call() -> None:
    # Lost in the middle of a long sentence, behind its first final result: the rest is said again, all of it.
    emulator = ListenEmulator(ears, faults=[ListenFault(close_after_ms=8000, close_code=1006)])
    async with deepgram(emulator) as client:
        ahead = await DeepgramSTT(client).recipe.open(client)
        await ahead.send(g711.SILENCE * 8000)
        ahead.preroll = 8000
        async with Bench(DeepgramSTT(client, stock=Given(ahead))) as bench:
            phone = Phone(bench)
            await phone.say(LONG)
            await phone.pause(2500)
            assert words(bench) == LONG
        assert len(emulator.connections) == 2


def of_the_emulator(task: asyncio.Task[object]) -> bool:
    return "RequestHandler" in repr(task) or "trunkline/sandbox" in repr(task)


async def hang_up(bench: Bench, how: str) -> None:
    if how == "end":
        await bench.send(EndFrame())
    elif how == "cancel":
        await bench.send(CancelFrame())


@pytest.mark.parametrize("how", ["end", "cancel", "cleanup"])
@pytest.mark.parametrize(
    ("fault", "seconds"),
    [
        (ListenFault(), 0.0),
        (ListenFault(), 1.0),
        (ListenFault(silent=True), 1.0),
        (ListenFault(refuse=503), 0.6),
        (ListenFault(refuse=401), 0.6),
        (ListenFault(stall_after_ms=100, stall_ms=60_000), 1.0),
        (ListenFault(slow_ms=5000), 1.0),
    ],
)
@BOTH
async def test_nothing_is_left_however_the_call_ends(
    fault: ListenFault, seconds: float, how: str, serve: Serve, stage: Stage
) -> None:
    emulator = serve(ears, fault=fault)
    async with deepgram(emulator) as client:
        before = asyncio.all_tasks()
        async with Bench(stage(client)) as bench:
            if seconds:
                await Phone(bench).pause(int(seconds * 1000))
            start = now()
            await hang_up(bench, how)
            assert now() - start <= 0.0021
        ended = now()
        await asyncio.sleep(fault.stall_ms / 1000)
        assert ended - start <= 1.1
        assert not emulator.open
        assert not [task for task in asyncio.all_tasks() - before if not of_the_emulator(task)]
        assert not client._session.connector._acquired  # type: ignore[union-attr]


async def test_an_ended_call_lets_deepgram_finish() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        await Phone(bench).say(NAME)
        await bench.send(EndFrame(), Wait(0.2))
        connection = emulator.connections[0]
        assert [message["type"] for _, message in connection.sent][-2:] == ["Results", "Metadata"]
        assert connection.close_code == 1000
        assert not said(bench)


async def test_a_vendor_that_does_not_answer_is_given_up_in_time() -> None:
    async with nobody_answers() as client, Bench(DeepgramSTT(client)) as bench:
        await bench.send(Wait(8.1))
        assert [type(error.exception) for error in errors(bench)] == [VendorUnavailable] * 2
        assert permanent(errors(bench)[-1])


async def test_a_long_call_keeps_little_audio() -> None:
    emulator = ListenEmulator(ears, keep_audio=False)
    async with deepgram(emulator) as client:
        stt = DeepgramSTT(client)
        async with Bench(stt) as bench:
            phone, most = Phone(bench, step_ms=500), 0
            for _ in range(10):
                await phone.say(YES)
                for _ in range(8):
                    await phone.pause(1000)
                    most = max(most, stt._link.replay.end - stt._link.replay.start)
            assert len(said(bench)) == 10
            assert most <= 4 * 8000
            assert stt._link.replay.end - stt._link.replay.start <= 1.1 * 8000


async def test_without_deepgram_at_most_fifteen_seconds_are_kept() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(refuse=503))
    async with deepgram(emulator) as client:
        stt = DeepgramSTT(client)
        async with Bench(stt) as bench:
            await Phone(bench, vad=False, step_ms=500).pause(30_000)
            assert stt._link.replay.end - stt._link.replay.start == 15 * 8000


@pytest.mark.parametrize("after", [0, 0.02, 0.74, 1.18, 1.73])
async def test_every_word_once_when_the_language_changes_in_the_middle_of_one(after: float) -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        saying = asyncio.create_task(phone.say(NAME))
        await asyncio.sleep(after)
        await bench.send(LanguageFrame("es"))
        await saying
        await phone.pause(1500)
        assert words(bench) == NAME
        assert turns(bench) == 1
        assert not errors(bench)
        assert dict(emulator.requests[-1].query)["language"] == "es"
        assert len(emulator.open) == 1


async def test_the_language_that_is_listened_for_already_costs_no_socket() -> None:
    emulator = ListenEmulator(ears)
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client, language="en-US")) as bench:
        phone = Phone(bench)
        await phone.pause(200)
        await bench.send(LanguageFrame("en"))
        await phone.pause(200)
        assert len(emulator.connections) == 1


async def test_a_socket_that_breaks_at_the_same_words_each_time_is_not_opened_for_ever() -> None:
    emulator = ListenEmulator(ears, fault=ListenFault(garble_after_ms=1500))
    async with deepgram(emulator) as client, Bench(DeepgramSTT(client)) as bench:
        phone = Phone(bench)
        await phone.pause(200)
        await phone.say(LONG)
        await phone.pause(20_000)
        assert len(emulator.connections) < 10
        assert permanent(errors(bench)[-1])
