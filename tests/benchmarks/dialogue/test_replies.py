from benchmarks.dialogue.replies import Replies, name
from trunkline.sandbox.brain import Say
from trunkline.sandbox.chat_request import ChatRequest


def asked(text: str) -> ChatRequest:
    return ChatRequest("gpt-4o-mini", ({"role": "user", "content": text},))


def test_no_place_is_named_within_another_ones_name() -> None:
    names = [name(number) for number in range(800)]
    assert len({*names}) == 800
    assert not [one for one in names for other in names if one != other and one in other]


async def test_each_reply_differs_and_is_remembered() -> None:
    replies = Replies()
    first, second = (next(replies.reply(asked("hello"))) for _ in range(2))
    assert first != second
    assert [Say(one.reply) for one in replies.asked] == [first, second]
    assert all(one.name in one.reply.partition(".")[0] for one in replies.asked)


async def test_a_short_question_gets_a_short_reply_even_if_half_of_it_is_heard() -> None:
    replies = Replies(["My name is Anna Baker."])
    for text in ("my name is Anna Baker", "my name is Anna", "Hello, what is it?", "stop"):
        list(replies.reply(asked(text)))
    assert [len(one.reply) < 50 for one in replies.asked] == [True, True, False, False]
