"""What needs no tool to be understood: yes, no, goodbye, say that again."""

import re

from trunkline.sandbox.dialogue.words import plain


def _form(*phrases: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(phrases)})\b")


_POLITE = r"(?:(?:please|thanks|thank you|very much|that's|that is|it is|it's|oh|well|um|uh|okay|ok) )*"

YES = re.compile(
    rf"^{_POLITE}(?:yes|yeah|yep|yup|sure|correct|right|exactly|perfect|fine|okay|ok|please|please do|great|"
    r"go ahead|of course|absolutely|definitely|sounds good|that works|works for me|i do)\b"
)
NO = re.compile(rf"^{_POLITE}(?:no|nope|nah|not|don't|wrong|neither|none)\b")
BYE = _form(
    "bye",
    "goodbye",
    "good bye",
    "good by",
    "bye bye",
    "(?<!to )see you",
    "have a (?:nice|good|great) (?:day|one)",
)
ENOUGH = _form(
    "that's all", "that is all", "that'll be all", "that will be all", "that's it", "that was all",
    "nothing else", "nothing more", "i'm done", "i'm good", "all set",
)  # fmt: skip
NEVER_MIND = _form("never mind", "nevermind", "forget it", "forget about it", "forget that")
AGAIN = _form(
    "(?:say|repeat) (?:that|it)(?: again)?", "say again", "come again", "pardon", "repeat", "once more",
    "what did you say", "didn't (?:hear|catch|get)(?: that| you)?", "^(?:sorry|what|huh|excuse me)$",
)  # fmt: skip
READ_BACK = _form(
    "read (?:that|it|this) back", "read back", "confirm (?:that|it|this)", "go over (?:that|it)"
)
GREETING = _form("hello", "hi", "hey", "good morning", "good afternoon", "good evening", "anybody there")
THANKS = _form("thanks", "thank you", "cheers")
MOMENT = _form(
    "one moment", "a moment", "hold on", "just a (?:second|minute|moment)", "one (?:second|minute)", "wait"
)
PERSON = _form(
    "(?:to|with|an?|the|some|real|actual) (?:person|human|somebody|someone|agent|representative|manager)",
    "operator", "receptionist", "human being",
)  # fmt: skip
MACHINE = _form("are you (?:a |an )?(?:robot|bot|machine|computer|ai|real|human|person)", "am i talking to")


BRIEF = 5
"""Words of an utterance that is nothing but polite."""


def brief(text: str) -> bool:
    return len(plain(text).split()) <= BRIEF


def says(form: re.Pattern[str], text: str) -> bool:
    return bool(form.search(plain(text)))


def is_yes(text: str) -> bool:
    return bool(YES.match(plain(text))) and not is_no(text)


def is_no(text: str) -> bool:
    return bool(NO.match(plain(text)))
