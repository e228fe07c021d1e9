"""What callers do in a conversation besides answering questions, on lines of any kind."""

import pytest

from tests.trunkline.sandbox.dialogue.lines import (
    APPOINTMENTS,
    FRONT_DESK,
    TAKE_MESSAGE,
    Conversation,
    function,
    text,
)
from trunkline.sandbox.dialogue.brain import Dialogue
from trunkline.sandbox.dialogue.similarity import Letters


@pytest.fixture
def desk() -> Conversation:
    return Conversation(Dialogue(Letters()), FRONT_DESK)


@pytest.fixture
def diary() -> Conversation:
    return Conversation(Dialogue(Letters()), APPOINTMENTS)


def test_courtesy_is_answered(desk: Conversation) -> None:
    assert desk.say("Hello?") == "Hello. How can I help you?"
    assert desk.say("Thanks!") == "You are welcome. Is there anything else I can do for you?"
    assert desk.say("one moment") == "Take your time."
    assert "no language model" in desk.say("Are you a robot?")
    assert desk.calls == []


def test_no_to_anything_else_ends_the_call(desk: Conversation) -> None:
    desk.say("Thanks!")
    desk.say("No.")
    assert desk.calls == [("end_call", {})]


def test_a_line_that_cannot_hang_up_says_goodbye() -> None:
    call = Conversation(Dialogue(Letters()), [TAKE_MESSAGE])
    assert call.say("Goodbye") == "Thank you for calling. Goodbye."
    closing = function("hang_up", "Hang up the phone.")
    call = Conversation(Dialogue(Letters()), [closing])
    assert call.say("Goodbye") == "Thank you for calling. Goodbye."
    assert call.calls == [("hang_up", {})]


def test_who_wants_a_person_can_leave_a_message(desk: Conversation) -> None:
    said = desk.say("Can I speak to a person?")
    assert said == "I cannot put you through here, but I can take a message. What is your name, please?"


def test_a_question_in_between_is_answered_and_the_form_goes_on(desk: Conversation) -> None:
    desk.say("Can I leave a message?")
    said = desk.say("Do you have parking?")
    assert said == "This is known of parking. What is your name, please?"
    assert desk.say("Anna Baker") == "Thank you. What number can we reach you on?"


def test_what_is_no_answer_is_asked_for_again(desk: Conversation) -> None:
    desk.say("Can I leave a message?")
    assert desk.say("blue") == "Thank you. What number can we reach you on?"
    assert desk.say("blue") == "Sorry, I did not get that. What number can we reach you on?"


def test_what_was_not_heard_is_said_again(desk: Conversation) -> None:
    desk.say("Can I leave a message?")
    assert desk.say("Sorry?") == "Of course. What is your name, please?"


def test_what_was_gathered_is_read_back(desk: Conversation) -> None:
    for words in ("Can I leave a message?", "Anna Baker", "five five five zero one four nine"):
        desk.say(words)
    assert desk.say("Could you read that back?") == "Anna Baker, 5550149"


def test_never_mind_drops_the_form(desk: Conversation) -> None:
    desk.say("Can I leave a message?")
    assert desk.say("Oh, never mind.").startswith("All right, we will leave that.")
    assert desk.say("Anna Baker").startswith("Sorry, I did not understand that. I can look up")


def test_a_question_that_no_tool_fits_goes_to_the_one_that_knows_things(desk: Conversation) -> None:
    desk.say("Do you sell bicycles?")
    assert desk.calls == [("look_up", {"topic": "sell bicycles"})]


def test_the_second_time_it_does_not_understand_it_says_what_it_is(desk: Conversation) -> None:
    assert "language model" not in desk.say("Blue bananas.")
    assert "language model" in desk.say("Green bananas.")


def test_booking_from_the_beginning(diary: Conversation) -> None:
    assert diary.say("I'd like to book an appointment") == "Of course. Which day would suit you?"
    diary.say("next Friday")
    for words in ("the second one please", "it's Anna", "a cleaning"):
        diary.say(words)
    assert diary.calls == [
        ("find_slots", {"day": "2026-11-27"}),
        ("book", {"slot": "2026-11-27 09:30", "name": "Anna", "reason": "cleaning"}),
    ]


def test_another_day_is_looked_at(diary: Conversation) -> None:
    diary.say("Anything free on Tuesday?")
    diary.say("Hm, and on Wednesday?")
    assert [arguments["day"] for _, arguments in diary.calls] == ["2026-11-24", "2026-11-25"]


def test_a_full_day_is_followed_by_another(diary: Conversation) -> None:
    diary.answers = {"find_slots": lambda day, part_of_day="any": f"Nothing is free on {day}."}
    said = diary.say("Anything free on Tuesday?")
    assert said == "Nothing is free on Tuesday, November 24. Would another day suit you?"


def test_cancelling_takes_a_yes(diary: Conversation) -> None:
    diary.say("Please cancel my appointment")
    assert diary.say("Anna Baker") == "Cancel: Anna Baker. Shall I do that?"
    assert diary.say("No, wait") == "All right, we will leave that. How can I help you?"
    diary.say("Please cancel my appointment. My name is Anna Baker.")
    diary.say("Yes, please.")
    assert diary.calls == [("cancel", {"name": "Anna Baker"})]


def test_a_failure_is_said_and_nothing_is_offered_on_top(diary: Conversation) -> None:
    diary.answers = {"cancel": lambda name: {"error": "there is no such appointment"}}
    diary.say("Please cancel my appointment. My name is Anna Baker.")
    assert diary.say("yes") == "Sorry, that did not work: there is no such appointment."


def test_a_line_of_another_trade() -> None:
    order = function(
        "order_pizza",
        "Order a pizza for delivery.",
        size=text(enum=["small", "large"]),
        pizzas={"type": "integer"},
        phone=text("The customer's number."),
        address=text("Where it goes."),
    )
    call = Conversation(Dialogue(Letters()), [order], answers={"order_pizza": lambda **_: {"minutes": 30}})
    assert call.say("I would like to order a large pizza") == "Of course. How many pizzas?"
    assert call.say("Two, please.") == "Thank you. What number can we reach you on?"
    assert call.say("five five five zero one four nine") == "Thank you. What is your address?"
    assert call.say("12 Harbour Street.").startswith("Minutes 30.")
    assert call.calls == [
        ("order_pizza", {"size": "large", "pizzas": 2, "phone": "5550149", "address": "12 Harbour Street"})
    ]


def test_after_the_call_was_ended_nothing_is_said(desk: Conversation) -> None:
    desk.answers = {**desk.answers, "end_call": lambda: "done"}
    assert desk.say("Goodbye") == ""


def test_a_barge_in_is_answered_even_if_the_reply_was_never_heard(desk: Conversation) -> None:
    desk.messages.append({"role": "user", "content": "What does whitening cost?"})
    assert desk.say("Sorry, can I leave a message?") == "Of course. What is your name, please?"
