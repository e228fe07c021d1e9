"""What a verb works with."""

from tests.trunkline.sandbox.telephone.lines import world
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.twiml import Document, Verb
from trunkline.sandbox.telephone.verbs.step import Step


async def _never(phone: Phone, source: object) -> None:
    raise AssertionError


async def test_urls_and_actions_come_from_the_document_and_the_call() -> None:
    async with world() as there:
        phone = await there.call("/missing")
        inner = Verb("Number", {"url": "whisper"}, "+15550123")
        verb = Verb("Dial", {"action": "/after", "method": "get"}, "", (inner,))
        step = Step(phone, verb, Document((verb,), "http://h/a/b"), True, _never)
        ask = step.action({"DialCallStatus": "busy"})
        assert ask is not None
        assert (ask.why, ask.url, ask.method) == ("action", "http://h/after", "GET")
        assert ask.params == phone.call.params() | {"DialCallStatus": "busy"}
        assert step.of(inner).url("url") == "http://h/a/whisper"
        assert step.url("statusCallback") == ""
        assert step.of(inner).action({}) is None
        default = step.of(inner).action({}, "http://h/a/b")
        assert default is not None
        assert (default.url, default.method) == ("http://h/a/b", "POST")
