"""The stage hears the caller, whoever has the ears: each word once, each turn to its end."""

import asyncio
from typing import Any

import pytest
from pipecat.frames.frames import ErrorFrame, TranscriptionFrame

from processors.circuit import Breakers
from processors.deepgram_stt import DeepgramSTT
from processors.flux_stt import FluxSTT
from processors.frames import LanguageFrame
from processors.stt_failover import STTFailover
from tests.calls.second_vendors import OtherSTT
from tests.processors.listening import LONG, NAME, YES, Phone, deepgram, ears, turns, words
from tests.support import Bench
from trunkline.sandbox.flux import FluxEmulator
from trunkline.sandbox.listen import ListenEmulator, ListenFault


def stage(first: Any, *others: Any, moves: list[str] | None = None) -> STTFailover:
    told = [] if moves is None else moves
    return STTFailover(first, *others, breakers=Breakers(), moved=told.append)


async def test_while_the_first_works_the_other_is_not_built() -> None:
    async with (
        deepgram(ListenEmulator(ears)) as client,
        Bench(stage(DeepgramSTT(client), _never)) as bench,
    ):
        phone = Phone(bench)
        await phone.pause(200)
        await phone.say(NAME)
        await phone.pause(1500)
        assert (words(bench), turns(bench)) == (NAME, 1)


@pytest.mark.parametrize("after_ms", [740, 1180, 1730, 2400])
async def test_every_word_once_when_the_first_is_lost_in_the_middle_of_one(after_ms: int) -> None:
    faults = [ListenFault(close_after_ms=after_ms)]
    moves: list[str] = []
    emulator = ListenEmulator(ears, faults=faults, fault=ListenFault(refuse=401))
    async with (
        deepgram(emulator) as client,
        Bench(stage(DeepgramSTT(client), OtherSTT, moves=moves)) as bench,
    ):
        phone = Phone(bench)
        await phone.pause(200)
        await phone.say(NAME)
        await phone.pause(2500)
        assert words(bench) == NAME
        assert turns(bench) == 1
        await phone.say(YES)
        await phone.pause(2500)
        assert words(bench) == f"{NAME} {YES}"
        assert turns(bench) == 2
    assert moves == ["OtherSTT other"]


@pytest.mark.parametrize("after_ms", [1180, 3000, 5000])
async def test_a_second_deepgram_hears_the_rest_of_a_long_sentence(after_ms: int) -> None:
    one = ListenEmulator(ears, faults=[ListenFault(close_after_ms=after_ms)], fault=ListenFault(refuse=401))
    two = ListenEmulator(ears)
    async with (
        deepgram(one) as first,
        deepgram(two) as second,
        Bench(stage(DeepgramSTT(first), lambda: DeepgramSTT(second))) as bench,
    ):
        phone = Phone(bench)
        await phone.pause(200)
        await phone.say(LONG)
        await phone.pause(2500)
        assert words(bench) == LONG
        assert turns(bench) == 1
        assert len(two.connections) == 1


async def test_a_service_is_told_of_the_language_that_the_call_is_in() -> None:
    made: list[OtherSTT] = []

    def build() -> OtherSTT:
        made.append(OtherSTT())
        return made[-1]

    async with (
        deepgram(ListenEmulator(ears, fault=ListenFault(refuse=401))) as client,
        Bench(stage(DeepgramSTT(client), build)) as bench,
    ):
        await asyncio.sleep(1)
        await bench.send(LanguageFrame("es"))
        await asyncio.sleep(1)
        assert made[0].languages == ["es"]


async def test_two_that_fail_are_made_up_for_by_a_third() -> None:
    moves: list[str] = []
    async with deepgram(ListenEmulator(ears, fault=ListenFault(refuse=401))) as client:
        row = stage(DeepgramSTT(client), lambda: OtherSTT(breaks=True), OtherSTT, moves=moves)
        async with Bench(row) as bench:
            phone = Phone(bench)
            await phone.say(NAME)
            await phone.pause(2000)
            assert words(bench) == NAME
            assert bench.heard.up_of(ErrorFrame) == []
    assert len(moves) == 2


async def test_when_all_are_lost_the_stage_says_so_once() -> None:
    async with deepgram(ListenEmulator(ears, fault=ListenFault(refuse=401))) as client:
        row = stage(DeepgramSTT(client), _broken)
        async with Bench(row) as bench:
            phone = Phone(bench)
            await phone.say(NAME)
            await phone.pause(1000)
            (error,) = bench.heard.up_of(ErrorFrame)
            assert error.processor is row
            assert not row.is_usable
            assert bench.heard.of(TranscriptionFrame) == []


@pytest.mark.parametrize(("serve", "kind"), [(ListenEmulator, DeepgramSTT), (FluxEmulator, FluxSTT)])
async def test_with_somebody_else_to_listen_it_is_given_up_sooner(
    serve: type[ListenEmulator | FluxEmulator], kind: type[DeepgramSTT | FluxSTT]
) -> None:
    for fault, limit in ((ListenFault(refuse=429), 0.1), (ListenFault(refuse=500), 2.5)):
        async with deepgram(serve(ears, fault=fault)) as client:
            ours = kind(client)
            ours.back_up()
            async with Bench(ours):
                await asyncio.sleep(limit)
                assert not ours.is_usable


def _never() -> OtherSTT:
    raise AssertionError("nobody needs it")


def _broken() -> OtherSTT:
    raise RuntimeError("no key")
