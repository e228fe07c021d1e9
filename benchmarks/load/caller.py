"""How a caller talks: questions, pauses, and now and then into a reply."""

from random import Random

from benchmarks.load.phone import LineLost, Phone
from benchmarks.load.speech import INTERRUPTIONS, QUESTIONS, utterances

BARGE_IN_EVERY = 3
"""One round in so many has a barge-in."""

REPLY = "Let me see. We are open from eight to six on every day of the week but Sunday, so do drop by."
"""What the model says to everything."""

GREETING = "Hello, this is the bench."

CHARACTERS_PER_SECOND = 15.0
"""Of the scripted voice."""

GREETING_S, REPLY_S = len(GREETING) / CHARACTERS_PER_SECOND, len(REPLY) / CHARACTERS_PER_SECOND


class Caller:
    """Talks on a phone until cancelled or cut off.

    Args:
        phone: not dialled yet.
        number: which of the callers this is; each talks differently, and the same in every run.
    """

    def __init__(self, phone: Phone, number: int) -> None:
        self._phone = phone
        self._random = Random(number)
        self._rounds = number  # so that not all of them barge in at the same time

    async def talk(self) -> None:
        """A whole call but for its end; what goes wrong has been told to the phone's observations."""
        try:
            await self._phone.dial(GREETING_S)
            while True:
                await self._phone.pause(self._random.uniform(0.3, 1.0))
                await self.round()
        except LineLost:
            return

    async def round(self) -> None:
        """A question and its answer, heard to the end or, sometimes, interrupted."""
        self._rounds += 1
        answered = await self._phone.ask(self._random.choice(utterances(QUESTIONS)))
        if answered and self._rounds % BARGE_IN_EVERY == 0:
            await self._phone.pause(self._random.uniform(0.8, 1.3))
            answered = await self._phone.interrupt(self._random.choice(utterances(INTERRUPTIONS)))
        if answered:
            await self._phone.listen(REPLY_S)
