"""First words tell who is there."""

import pytest

from trunkline.outbound.first_words import are_recorded, ask_to_wait, ask_who_calls


@pytest.mark.parametrize(
    "words",
    [
        "Hi, if you record your name and reason for calling, I’ll see if this person is available.",
        "Go ahead and say your name, and why you're calling.",
        "May I ask who is calling?",
        "Who's this?",
        "What is this regarding?",
    ],
)
def test_who_asks_who_calls(words: str) -> None:
    assert ask_who_calls(words)
    assert not are_recorded(words)


@pytest.mark.parametrize(
    "words", ["One moment, please.", "Please stay on the line.", "Hold on.", "I'll see if she is in."]
)
def test_who_fetches_somebody(words: str) -> None:
    assert ask_to_wait(words)


@pytest.mark.parametrize(
    "words",
    [
        "Hi, you've reached Ann. Please leave a message after the beep.",
        "I can't come to the phone right now.",
        "The person you are calling is not available.",
        "Your call has been forwarded to an automated voice mail system.",
        "At the tone, please record your message.",
    ],
)
def test_what_a_machine_says(words: str) -> None:
    assert are_recorded(words)


@pytest.mark.parametrize(
    "words", ["Hello?", "Ann speaking.", "Yes, who do you want?", "Can I leave a message?", "Harbour Dental."]
)
def test_what_a_person_says(words: str) -> None:
    assert not are_recorded(words)
    assert not ask_to_wait(words)
