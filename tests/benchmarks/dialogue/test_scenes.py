from collections import Counter

from benchmarks.dialogue.material import said, sound
from benchmarks.dialogue.moves import Into, Meanwhile, Say
from benchmarks.dialogue.scenes import SHORT, dialogues, interruptions
from benchmarks.panel.marks import Kind


def moves() -> list[Say | Into | Meanwhile]:
    return [move for dialogue in dialogues() for move in dialogue.moves]


def test_there_are_enough_events_for_a_percentage() -> None:
    number = Counter(Kind.TURN if isinstance(move, Say) else move.kind for move in moves())
    assert number[Kind.BACKCHANNEL] >= 40
    assert number[Kind.NOISE] >= 40
    assert number[Kind.SIDE_SPEECH] >= 20
    assert number[Kind.SIDE_SPEECH_HEARD] >= 20
    assert number[Kind.INTERRUPTION] >= 40
    assert number[Kind.TURN] + number[Kind.INTERRUPTION] >= 60


def test_everything_that_is_said_or_heard_has_a_sound() -> None:
    for move in moves():
        assert said(move) if isinstance(move, Say) else sound(move.kind, move.text)


def test_the_set_is_the_same_each_time_and_its_names_differ() -> None:
    assert dialogues() == dialogues()
    assert len({dialogue.name for dialogue in dialogues()}) == len(dialogues())


def test_what_is_interrupted_is_no_short_answer() -> None:
    for dialogue in dialogues():
        if any(isinstance(move, Into) for move in dialogue.moves):
            assert not {move.text for move in dialogue.moves} & set(SHORT)


def test_interruptions_come_with_what_they_need_alone() -> None:
    kinds = {move.kind for dialogue in interruptions() for move in dialogue.moves if isinstance(move, Into)}
    assert kinds == {Kind.INTERRUPTION}
    assert sum(len(dialogue.moves) for dialogue in interruptions()) == 50
