"""The figures of turn ends come from calls, and a cut is told from an end."""

import json
from pathlib import Path

import pytest

from benchmarks import turn_ends, turn_ends_call
from benchmarks.turn_ends_call import Found, corpus, with_pauses
from processors.g711 import SILENCE
from trunkline.sandbox.ears import Phrasebook
from trunkline.sandbox.phrases import load

NUMBER = "my number is five five five zero one four nine"


def test_a_pause_lies_between_two_words_and_nothing_is_lost() -> None:
    recorded = load()
    book = Phrasebook(recorded)
    made = with_pauses(book, NUMBER, recorded[NUMBER], (6,), 1.0)
    assert len(made) == len(recorded[NUMBER]) + 8000
    at = made.index(SILENCE * 8000)
    assert made[:at] + made[at + 8000 :] == recorded[NUMBER]


def test_the_corpus_has_every_kind() -> None:
    recorded = load()
    kinds = [phrase.kind for phrase in corpus(Phrasebook(recorded), recorded, 5)]
    assert set(kinds) == {"plain", "paused", "number"}
    assert kinds.count("plain") == 5


def test_figures_are_of_what_was_not_cut() -> None:
    row = Found(said=4, cut=1, end=[300, 310, 320], reply=[700, 710, 720]).row()
    assert row == {
        "phrases": 4,
        "cut": 1,
        "end p50": 310,
        "end p95": 319,
        "reply p50": 710,
        "reply p95": 719,
    }
    assert Found(said=1, cut=1).row() == {"phrases": 1, "cut": 1}


def test_the_table_and_the_file_hold_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turn_ends_call, "PAUSES", (0.8,))
    file = tmp_path / "figures.json"
    turn_ends.main(["--only", "endpointing", "--phrases", "1", "--json", str(file)])
    figures = json.loads(file.read_text())["endpointing"]
    assert figures["number"]["cut"] == 0
    assert figures["plain"]["phrases"] == 1
    shown = capsys.readouterr().out
    assert str(figures["number"]["end p50"]) in shown


def test_an_unknown_detector_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        turn_ends.main(["--only", "telepathy"])
    assert "no such detector: 'telepathy'" in capsys.readouterr().err
