"""What the agent says of its own accord."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from trunkline.sandbox.dialogue.results import humane
from trunkline.sandbox.dialogue.tools import Kind, Parameter, Tool
from trunkline.sandbox.dialogue.words import listing, sentence

QUESTIONS = {
    Kind.QUERY: "What would you like to know?",
    Kind.SLOT: "Which day and time would you like?",
    Kind.DATE: "Which day would suit you?",
    Kind.TIME: "What time would suit you?",
    Kind.NAME: "What is your name, please?",
    Kind.PHONE: "What number can we reach you on?",
    Kind.MESSAGE: "What is the message?",
}

TEXTS = {"reason": "What is it for?", "purpose": "What is it for?", "address": "What is your address?"}

HELLO = "Hello. How can I help you?"
HELP = "How can I help you?"
ELSE = "Is there anything else I can do for you?"
GOODBYE = "Thank you for calling. Goodbye."
WELCOME = "You are welcome."
DROPPED = "All right, we will leave that."
WAITING = "Take your time."
PATIENCE = "One moment, please."
MISSED = "Sorry, I did not get that."
NOT_UNDERSTOOD = "Sorry, I did not understand that."
NO_PERSON = "I cannot put you through here, but I can take a message."
MACHINE = "I am not a person, and no language model either: I stand in for one in this sandbox."
WHICH = "Which one suits you?"
THIS_ONE = "Does that suit you?"
OTHER_DAY = "Would another day suit you?"


def question(parameter: Parameter, offers: Sequence[str] = ()) -> str:
    """How a parameter is asked for."""
    if parameter.kind is Kind.CHOICE:
        choices = [str(choice).replace("_", " ") for choice in parameter.choices]
        return f"Which {parameter.spoken} would you like: {listing(choices)}?"
    if parameter.kind is Kind.NUMBER:
        return f"How many {parameter.spoken.removeprefix('number of ').removeprefix('num ')}?"
    if parameter.kind is Kind.YES_NO:
        return f"{parameter.spoken.capitalize()}, yes or no?"
    if parameter.kind is Kind.SLOT and offers:
        return "Which time would you like?"
    known = QUESTIONS.get(parameter.kind) or TEXTS.get(parameter.name.lower())
    return known or f"What is the {parameter.spoken}?"


def confirmation(tool: Tool, values: Mapping[str, Any]) -> str:
    """What is going to be done, and whether that is right."""
    return f"{sentence(f'{tool.spoken}: {summary(values)}')} Shall I do that?"


def summary(values: Mapping[str, Any]) -> str:
    """The arguments as people say them."""
    return humane(", ".join(map(str, values.values())))


def abilities(tools: Sequence[Tool]) -> str:
    """What callers can ask for, in the words of the tools' descriptions."""
    if not tools:
        return (
            "I stand in for a language model in this sandbox, and this line gives me no tools to work with."
        )
    return f"I can {listing(map(_ability, tools))}."


def _ability(tool: Tool) -> str:
    """The first words of its description: "book an appointment in a free slot"."""
    words = re.split(r"[.;,(]| that | which | when | once | if ", tool.description or tool.spoken)[0].strip()
    return words[:1].lower() + words[1:]
