"""Texts are heard in order; what is lost is asked for again, and what is dropped is never heard."""

import pytest

from processors.speculation import Speculation, Verdict
from processors.utterances import Follower, Group, Label, Speech, Utterances, has_words, word_start

LABEL = Label()
ALWAYS = Label(interruptible=False)
CHARACTER = b"c" * 533


def send(utterances: Utterances, *, flush: bool = True) -> str:
    """Send what wants to be sent; what the vendor gets."""
    sent = ""
    while (group := utterances.next_to_send) is not None:
        sent += group.unsent
        group.begin(1.0)
        if flush or group.is_closed:
            group.end(1.0)
            sent += "|"
    return sent


def taken(utterances: Utterances, limit: int = 10_000) -> list[str]:
    """Take all there is: texts with the bytes of their audio, and what follows them."""
    found = []
    while (item := utterances.take(limit)) is not None:
        match item:
            case Speech(group, audio):
                found.append(f"{group.text}:{len(audio)}")
            case Follower():
                found.append(str(item.item))
    return found


def spoken(utterances: Utterances) -> Group:
    """The group whose audio comes now."""
    group = utterances.awaited
    assert group is not None
    return group


def test_each_text_is_heard_in_its_turn() -> None:
    utterances = Utterances()
    utterances.say("One.", LABEL)
    assert send(utterances) == "One.|"
    utterances.say("Two.", LABEL)
    assert send(utterances) == "Two.|"
    assert utterances.hear(b"1" * 100)
    utterances.complete(spoken(utterances))
    assert utterances.hear(b"2" * 50)
    assert taken(utterances, 80) == ["One.:80", "One.:20", "Two.:50"]
    assert utterances.need_a_vendor
    utterances.complete(spoken(utterances))
    assert taken(utterances) == []
    assert utterances.are_silent


def test_texts_share_a_flush_until_one_is_flushed_heard_or_followed() -> None:
    utterances = Utterances()
    utterances.say("One.", LABEL)
    assert send(utterances, flush=False) == "One."
    utterances.say("Two.", LABEL)
    assert send(utterances, flush=False) == " Two."
    utterances.hear(b"x")
    utterances.say("Three.", LABEL)
    assert send(utterances, flush=False) == "|Three."
    utterances.say("Other.", Label(append_to_context=False))
    assert send(utterances, flush=False) == "|Other."
    utterances.follow("end")
    utterances.say("Four.", LABEL)
    assert send(utterances, flush=False) == "|Four."
    utterances.say("x" * 600, LABEL)
    assert send(utterances, flush=False) == "|" + "x" * 600


def test_followers_keep_their_place() -> None:
    utterances = Utterances()
    utterances.follow("first")
    utterances.say("One.", LABEL)
    utterances.follow("second")
    utterances.play("Two.", b"22", LABEL)
    utterances.follow("third")
    assert taken(utterances) == ["first"]
    send(utterances)
    utterances.hear(b"1")
    assert taken(utterances) == ["One.:1"]
    utterances.complete(spoken(utterances))
    assert taken(utterances) == ["second", "Two.:2", "third"]


def test_what_is_ready_needs_no_vendor() -> None:
    utterances = Utterances()
    utterances.play("Hello.", b"123", LABEL)
    assert not utterances.need_a_vendor
    assert utterances.next_to_send is None
    assert taken(utterances) == ["Hello.:3"]


def test_audio_that_nobody_asked_for_belongs_to_nothing() -> None:
    utterances = Utterances()
    assert not utterances.hear(b"x")
    utterances.say("Not sent yet.", LABEL)
    assert not utterances.hear(b"x")


def test_an_interruption_drops_everything_and_says_whether_audio_is_on_its_way() -> None:
    utterances = Utterances()
    assert not utterances.interrupt()
    utterances.say("One.", LABEL)
    utterances.follow("end")
    assert not utterances.interrupt()
    utterances.say("Two.", LABEL)
    send(utterances)
    group = spoken(utterances)
    utterances.hear(b"x")
    assert utterances.interrupt()
    assert group.is_dropped
    assert taken(utterances) == []
    assert not utterances.hear(b"x")


def test_what_is_received_whole_is_not_on_its_way_any_more() -> None:
    utterances = Utterances()
    utterances.say("One.", LABEL)
    send(utterances)
    utterances.hear(b"x")
    utterances.complete(spoken(utterances))
    assert not utterances.interrupt()
    assert taken(utterances) == []


def test_what_must_not_be_interrupted_survives() -> None:
    utterances = Utterances()
    utterances.say("One.", LABEL)
    utterances.follow("end of one")
    utterances.say("Legal notice.", ALWAYS)
    utterances.follow("end of notice", interruptible=False)
    send(utterances)
    assert utterances.interrupt()
    assert not utterances.are_silent
    utterances.lose()
    assert send(utterances) == "Legal notice.|"
    utterances.hear(b"x")
    utterances.complete(spoken(utterances))
    assert taken(utterances) == ["Legal notice.:1", "end of notice"]


def test_a_lost_text_without_audio_is_asked_for_again_whole() -> None:
    utterances = Utterances()
    utterances.say("One.", LABEL)
    utterances.say("Two.", LABEL)
    assert send(utterances) == "One. Two.|"
    utterances.lose()
    assert utterances.awaited is None
    assert send(utterances) == "One. Two.|"


@pytest.mark.parametrize(
    ("characters", "again"),
    [
        (0, "Please call me back tomorrow.|"),
        (3, "Please call me back tomorrow.|"),  # in the first word: all of it
        (9, "call me back tomorrow.|"),  # in the second: from the second on
        (14, "me back tomorrow.|"),
        (28, "tomorrow.|"),
    ],
)
def test_a_text_that_was_cut_goes_on_with_the_word_that_was_cut(characters: int, again: str) -> None:
    utterances = Utterances()
    utterances.say("Please call me back tomorrow.", LABEL)
    send(utterances)
    utterances.hear(CHARACTER * characters)
    utterances.lose()
    assert send(utterances) == again


def test_a_text_that_was_cut_twice_goes_on_from_where_it_had_come() -> None:
    utterances = Utterances()
    utterances.say("Please call me back tomorrow.", LABEL)
    send(utterances)
    utterances.hear(CHARACTER * 9)
    utterances.lose()
    send(utterances)
    utterances.hear(CHARACTER * 6)  # "call m"
    utterances.lose()
    assert send(utterances) == "me back tomorrow.|"


def test_a_text_of_which_only_the_end_was_missing_is_whole() -> None:
    utterances = Utterances()
    utterances.say("Yes.", LABEL)
    send(utterances)
    utterances.hear(CHARACTER * 5)
    utterances.lose()
    assert not utterances.need_a_vendor
    assert taken(utterances) == ["Yes.:2665"]


def test_the_pace_of_the_voice_is_learnt() -> None:
    utterances = Utterances()
    for _ in range(10):
        utterances.say("x" * 299 + ".", LABEL)
        send(utterances)
        utterances.hear(bytes(300 * 800))  # ten characters a second
        utterances.complete(spoken(utterances))
        taken(utterances)
    utterances.say("one two three four five six", LABEL)
    send(utterances)
    utterances.hear(bytes(800 * 15))  # "one two three f"; by our guess it would be "... four fiv"
    utterances.lose()
    assert send(utterances) == "four five six|"


def test_a_faster_voice_covers_more_with_the_same_audio() -> None:
    utterances = Utterances(speed=1.5)
    utterances.say("one two three four five six", LABEL)
    send(utterances)
    utterances.hear(CHARACTER * 10)
    utterances.lose()
    assert send(utterances) == "four five six|"


def test_failing_drops_what_has_not_come_and_lets_the_rest_be_heard() -> None:
    utterances = Utterances()
    utterances.say("One.", LABEL)
    utterances.follow("end of one")
    utterances.say("Two.", LABEL)
    utterances.follow("end of two")
    utterances.play("Sorry.", b"s", LABEL)
    send(utterances)
    utterances.hear(b"1")
    utterances.fail()
    assert not utterances.need_a_vendor
    assert taken(utterances) == ["One.:1", "end of one", "end of two", "Sorry.:1"]


@pytest.mark.parametrize(
    ("at", "start"), [(0, 0), (2, 0), (3, 4), (4, 4), (5, 4), (8, 9), (9, 9), (12, 12), (99, 12)]
)
def test_word_start(at: int, start: int) -> None:
    assert word_start("one two  six", at) == start


@pytest.mark.parametrize(
    ("text", "has"), [("Hi.", True), ("5", True), ("...", False), ("—", False), ("", False)]
)
def test_has_words(text: str, has: bool) -> None:
    assert has_words(text) is has


def held(*texts: str) -> tuple[Utterances, Speculation]:
    """A reply of these sentences that is not to be heard yet."""
    utterances, speculation = Utterances(), Speculation()
    utterances.hold = speculation
    utterances.follow("start")
    for text in texts:
        utterances.say(text, LABEL)
        utterances.close()
    utterances.follow("end")
    utterances.hold = None
    return utterances, speculation


def test_of_what_is_held_one_sentence_is_sent_and_nothing_taken() -> None:
    utterances, speculation = held("One.", "Two.")
    assert send(utterances) == "One.|"
    utterances.hear(CHARACTER)
    utterances.complete(spoken(utterances))
    assert send(utterances) == ""
    assert taken(utterances) == []
    assert not utterances.holds_back(10_000)
    speculation.settle(Verdict.CONFIRMED)
    assert send(utterances) == "Two.|"
    assert taken(utterances) == ["start", "One.:533"]


def test_what_was_withdrawn_is_gone_but_for_what_no_interruption_drops() -> None:
    utterances, speculation = Utterances(), Speculation()
    utterances.say("Before.", LABEL)
    utterances.hold = speculation
    utterances.say("Held.", LABEL)
    utterances.follow("result", interruptible=False)
    utterances.hold = None
    utterances.follow("behind")
    assert send(utterances) == "Before.|Held.|"
    speculation.settle(Verdict.WITHDRAWN)
    assert utterances.withdraw(speculation)
    utterances.hear(CHARACTER)
    utterances.complete(spoken(utterances))
    assert taken(utterances) == ["Before.:533", "result", "behind"]


def test_what_is_asked_for_after_the_withdrawal_is_not_taken_in() -> None:
    utterances, speculation = Utterances(), Speculation()
    utterances.hold = speculation
    speculation.settle(Verdict.WITHDRAWN)
    utterances.say("Late.", LABEL)
    utterances.follow("end")
    utterances.follow("result", interruptible=False)
    assert send(utterances) == ""
    assert taken(utterances) == ["result"]


def test_what_is_held_does_not_join_what_is_not() -> None:
    utterances = Utterances()
    utterances.say("Before.", LABEL)
    utterances.hold = Speculation()
    utterances.say("Held.", LABEL)
    group = utterances.next_to_send
    assert group is not None
    assert group.text == "Before."
