"""Flux as deepgram-sdk sees it, over its own transport: what Deepgram does, this does."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest
from deepgram.core.api_error import ApiError
from deepgram.listen.v2.types import ListenV2Configure, ListenV2ConfigureThresholds
from deepgram.transport import restore_transport

from processors import g711
from tests.processors.listening import BOOK, NAME, PHRASES, YES, ears, listening
from tests.trunkline.sandbox.test_listen import closing, sdk, the_rest
from trunkline.sandbox.ears import PhraseEars
from trunkline.sandbox.flux import FluxEmulator
from trunkline.sandbox.listen_faults import ListenFault

LINE = {"model": "flux-general-en", "encoding": "mulaw", "sample_rate": 8000}


@pytest.fixture(autouse=True)
def own_transport() -> Iterator[None]:
    """Deepgram's SDK carries its messages itself here, as in anybody else's program."""
    restore_transport()
    yield
    restore_transport()


@asynccontextmanager
async def connected(emulator: FluxEmulator, **options: Any) -> AsyncIterator[Any]:
    async with listening(emulator) as url, sdk(url).listen.v2.connect(**{**LINE, **options}) as connection:
        yield connection


async def stream(connection: Any, *sounds: bytes | int) -> None:
    """Recordings, and milliseconds of silence, in real time, in messages of 80 ms."""
    audio = b"".join(
        g711.SILENCE * (sound * g711.BYTES_PER_MS) if isinstance(sound, int) else sound for sound in sounds
    )
    for at in range(0, len(audio), 640):
        await connection.send_media(audio[at : at + 640])
        await asyncio.sleep(0.08)


async def conversation(connection: Any, *sounds: bytes | int) -> list[Any]:
    """All messages, up to the end that the client asks for."""
    await stream(connection, *sounds)
    await connection.send_close_stream()
    return await the_rest(connection)


def events(messages: list[Any]) -> list[str]:
    """How turns went, without the updates."""
    return [m.event for m in messages if m.type == "TurnInfo" and m.event != "Update"]


def of(messages: list[Any], event: str) -> list[Any]:
    return [m for m in messages if m.type == "TurnInfo" and m.event == event]


async def test_a_conversation_with_the_sdk() -> None:
    async with connected(FluxEmulator(ears, api_key="secret"), eager_eot_threshold=0.4) as connection:
        messages = await conversation(connection, 400, PHRASES[NAME], 200, PHRASES[YES], 1500)
    assert messages[0].type == "Connected"
    assert [m.sequence_id for m in messages] == list(range(len(messages)))
    assert {m.request_id for m in messages} == {connection._websocket.response_headers["dg-request-id"]}
    assert events(messages) == ["StartOfTurn", "EagerEndOfTurn", "TurnResumed", "EagerEndOfTurn", "EndOfTurn"]
    turn = [m for m in messages if m.type == "TurnInfo"]
    assert (turn[0].event, turn[0].transcript, turn[0].words) == ("Update", "", [])
    gaps = [b.audio_window_end - a.audio_window_end for a, b in pairwise(turn) if b.event == "Update"]
    assert gaps == pytest.approx([0.26] * len(gaps), abs=0.03)
    start, end = of(messages, "StartOfTurn")[0], of(messages, "EndOfTurn")[0]
    assert (start.transcript, start.turn_index, start.trigger) == ("My", 0, None)
    assert (end.transcript, end.trigger) == (f"{NAME} {YES}", "model")
    assert end.transcript == of(messages, "EagerEndOfTurn")[-1].transcript
    assert end.end_of_turn_confidence >= 0.7
    assert [word.word for word in end.words][-2:] == ["yes", "please"]
    assert start.words[0].start == pytest.approx(0.4, abs=0.03)
    assert {m.turn_index for m in turn if m.sequence_id > end.sequence_id} == {1}
    assert connection._websocket.close_code == 1000


async def test_a_turn_without_eager_ends_without_a_warning_and_the_next_is_counted() -> None:
    async with connected(FluxEmulator(ears)) as connection:
        messages = await conversation(connection, PHRASES[NAME], 600, PHRASES[YES], 1500)
    assert events(messages) == ["StartOfTurn", "EndOfTurn"] * 2
    ends = of(messages, "EndOfTurn")
    assert [(m.turn_index, m.transcript) for m in ends] == [(0, NAME), (1, YES)]
    sound = len(PHRASES[NAME]) / 8000
    assert ends[0].audio_window_end == pytest.approx(sound + 0.26, abs=0.1)
    assert ends[1].audio_window_start == ends[0].audio_window_end


async def test_an_unfinished_sentence_waits_for_the_timeout_if_confidence_never_comes() -> None:
    async with connected(FluxEmulator(ears), eot_threshold=1.0, eot_timeout_ms=1500) as connection:
        messages = await conversation(connection, PHRASES[YES], 2000)
    (end,) = of(messages, "EndOfTurn")
    assert end.trigger == "timeout"
    assert end.end_of_turn_confidence < 1.0
    assert end.audio_window_end == pytest.approx(len(PHRASES[YES]) / 8000 + 1.5, abs=0.1)


async def refused(emulator: FluxEmulator, key: str = "secret", **options: Any) -> tuple[int, str]:
    """Status and reason of a refused connection."""
    async with listening(emulator) as url:
        with pytest.raises(ApiError) as caught:
            async with sdk(url, key).listen.v2.connect(**{**LINE, **options}):
                pass
        behind: Any = caught.value.__context__
        assert behind.headers["dg-request-id"]
        return int(caught.value.status_code or 0), str(behind.headers["dg-error"])


async def test_who_is_refused() -> None:
    assert (await refused(FluxEmulator(ears, api_key="right")))[0] == 401
    assert (await refused(FluxEmulator(ears, forbidden={"flux-general-en"})))[0] == 403
    assert (await refused(FluxEmulator(ears, limit=0)))[0] == 429
    assert (await refused(FluxEmulator(ears, fault=ListenFault(refuse=503))))[0] == 503
    assert "model" in (await refused(FluxEmulator(ears), model="nova-3"))[1]
    nova = {"additional_query_parameters": {"interim_results": "true", "endpointing": "300"}}
    status, reason = await refused(FluxEmulator(ears), request_options=nova)
    assert status == 400
    assert reason.endswith("unknown query parameters for Flux: endpointing, interim_results")
    assert (await refused(FluxEmulator(ears), language_hint="es"))[0] == 400


async def test_configure_takes_hold_at_once_or_not_at_all() -> None:
    async with connected(FluxEmulator(ears), eager_eot_threshold=0.5) as connection:
        thresholds = ListenV2ConfigureThresholds(eot_threshold=0.9, eot_timeout_ms=8000)
        await connection.send_configure(ListenV2Configure(thresholds=thresholds, keyterms=["Anna Baker"]))
        await connection.send_configure({"type": "Configure", "thresholds": {"eager_eot_threshold": 0.95}})
        await connection.send_configure({"type": "Configure", "language_hints": ["es"]})
        _, success, failure, other = [await connection.recv() for _ in range(4)]
        assert success.type == "ConfigureSuccess"
        assert success.thresholds.eot_threshold == 0.9
        assert success.thresholds.eager_eot_threshold == 0.5
        assert success.keyterms == ["Anna Baker"]
        assert (failure.type, failure.code) == ("ConfigureFailure", "INVALID_THRESHOLD")
        assert other.code == "LANGUAGE_HINTS_NOT_SUPPORTED"
        messages = await conversation(connection, PHRASES[NAME], 1000)
        (end,) = of(messages, "EndOfTurn")
        assert end.audio_window_end == pytest.approx(len(PHRASES[NAME]) / 8000 + 0.5, abs=0.1)


async def test_force_end_turn() -> None:
    async with connected(FluxEmulator(ears), eot_threshold=1.0, eager_eot_threshold=0.3) as connection:
        await connection.send_force_end_turn()
        await stream(connection, PHRASES[NAME], 400)
        for _ in range(2):
            await connection.send_force_end_turn()
        await connection.send_close_stream()
        messages = await the_rest(connection)
    assert [m.code for m in messages if m.type == "Warning"] == ["FORCE_END_TURN_NO_ACTIVE_TURN"] * 2
    assert events(messages) == ["StartOfTurn", "EagerEndOfTurn", "EndOfTurn"]
    (end,) = of(messages, "EndOfTurn")
    assert (end.trigger, end.transcript, end.turn_index) == ("manual", NAME, 0)


@pytest.mark.parametrize("text", ['{"type":"KeepAlive"}', '{"type":"Finalize"}', "not JSON"])
async def test_a_message_of_another_protocol_is_fatal(text: str) -> None:
    async with connected(FluxEmulator(ears)) as connection:
        await connection._websocket.send(text)
        connected_message, error = [await connection.recv() for _ in range(2)]
        assert connected_message.type == "Connected"
        assert (error.type, error.code, error.sequence_id) == ("Error", "UNPARSABLE_CLIENT_MESSAGE", 1)
        assert (await closing(connection))[0] == 1008


async def test_without_audio_there_is_no_end_of_turn_and_the_socket_is_closed() -> None:
    async with connected(FluxEmulator(ears)) as connection:
        await stream(connection, PHRASES[NAME])
        messages = await the_rest(connection)
        assert events(messages) == ["StartOfTurn"]
        assert connection._websocket.close_reason == "NET-0001"


async def test_the_last_words_are_said_before_closing_but_end_no_turn() -> None:
    async with connected(FluxEmulator(ears)) as connection:
        messages = await conversation(connection, PHRASES[NAME])
    assert events(messages) == ["StartOfTurn"]
    assert messages[-1].transcript == NAME


async def test_languages_of_the_multilingual_model() -> None:
    emulator = FluxEmulator(ears, languages=lambda text: ["es", "en"] if "name" in text else ["en"])
    options = {"model": "flux-general-multi", "language_hint": ["en", "es"]}
    async with connected(emulator, **options) as connection:
        messages = await conversation(connection, PHRASES[NAME], 500)
    (end,) = of(messages, "EndOfTurn")
    assert (end.languages, end.languages_hinted) == (["es", "en"], ["en", "es"])
    assert of(messages, "StartOfTurn")[0].languages == ["en"]


async def test_linear16_is_heard_too() -> None:
    async with connected(FluxEmulator(ears), encoding="linear16") as connection:
        await connection.send_media(g711.decode(PHRASES[NAME] + g711.SILENCE * 4000))
        await connection.send_close_stream()
        assert [m.transcript for m in of(await the_rest(connection), "EndOfTurn")] == [NAME]


async def test_ears_with_a_delay_of_their_own_decide_when_a_turn_is_over() -> None:
    emulator = FluxEmulator(lambda _: PhraseEars(BOOK, final_ms=300), eager_ms=120)
    now = asyncio.get_running_loop().time
    async with connected(emulator, eager_eot_threshold=0.9, eot_threshold=0.9) as connection:
        await connection.send_media(PHRASES[YES])
        start = now()
        at: dict[str, float] = {}
        while "EndOfTurn" not in at:
            message = await connection.recv()
            if message.type == "TurnInfo":
                at.setdefault(message.event, now() - start)
        assert at["EagerEndOfTurn"] == pytest.approx(0.12, abs=0.005)
        assert at["EndOfTurn"] == pytest.approx(0.3, abs=0.005)
        assert message.transcript == YES
