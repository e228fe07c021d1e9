"""A call follows documents: verb after verb, from one document to the next, until it is over."""

from collections.abc import Mapping
from dataclasses import dataclass

from trunkline.sandbox.telephone.interruption import CallOver, Replaced, Source, undisturbed
from trunkline.sandbox.telephone.phone import Phone
from trunkline.sandbox.telephone.records import Said, VerbRun
from trunkline.sandbox.telephone.twiml import Document, Inline, TwimlError, Verb, parse, read
from trunkline.sandbox.telephone.verbs.connect import connect
from trunkline.sandbox.telephone.verbs.dial import dial
from trunkline.sandbox.telephone.verbs.keypad import gather, record
from trunkline.sandbox.telephone.verbs.meeting import enqueue, leave
from trunkline.sandbox.telephone.verbs.routing import hang_up, redirect, reject
from trunkline.sandbox.telephone.verbs.speaking import pause, play, say
from trunkline.sandbox.telephone.verbs.step import SCHEMA_WARNING, Run, Step
from trunkline.sandbox.telephone.webhooks import Ask, WebhookFailed

APPLICATION_ERROR = "We are sorry, an application error has occurred. Goodbye."

VERBS: Mapping[str, Run] = {
    "Connect": connect,
    "Dial": dial,
    "Enqueue": enqueue,
    "Gather": gather,
    "Hangup": hang_up,
    "Leave": leave,
    "Pause": pause,
    "Play": play,
    "Record": record,
    "Redirect": redirect,
    "Reject": reject,
    "Say": say,
}

ON_HOOK = frozenset({"Dial", "Pause", "Redirect", "Reject"})
"""Verbs that may run while it still rings; any other picks up first. ``<Dial>`` decides for itself."""

NO_CONTENT = 204
"""Read as a document without verbs. What Twilio makes of it is not documented."""


class ApplicationError(Exception):
    """There is no document to follow."""


@dataclass(frozen=True, slots=True)
class Fallback:
    """Whom to ask when a document cannot be had."""

    url: str = ""
    method: str = "POST"


NO_FALLBACK = Fallback()


@dataclass(frozen=True, slots=True)
class Script:
    """Leads one call."""

    phone: Phone
    fallback: Fallback = NO_FALLBACK

    async def run(self, source: Source) -> None:
        """Follow documents; when there are no more, or none can be had, the call is over."""
        try:
            await self.follow(source)
            self.phone.over("completed")
        except CallOver:
            pass
        except ApplicationError:
            await self._apologise()

    async def follow(self, source: Source | None) -> None:
        """Follow documents until there are none.

        Raises:
            CallOver: somebody hung up.
            ApplicationError: a document could not be had, nor its fallback.
        """
        while source is not None:
            try:
                source = await self._execute(await self._document(source))
            except Replaced as replaced:
                self.phone.interruptions.follow()
                source = replaced.source

    async def _execute(self, document: Document) -> Source | None:
        for verb in document.verbs:
            run = VERBS.get(verb.name)
            if run is None:
                self.phone.warn(
                    SCHEMA_WARNING, f"<{verb.name}> is not a verb that the sandbox knows; it is skipped"
                )
                continue
            source = await run(self._begin(verb, document))
            if source is not None:
                return source
        return None

    def _begin(self, verb: Verb, document: Document) -> Step:
        phone = self.phone
        phone.log.add(
            VerbRun(at=phone.exchange.now, name=verb.name, attributes=verb.attributes, text=verb.text)
        )
        if verb.name not in ON_HOOK:
            phone.answer()
        return Step(phone, verb, document, verb is document.verbs[0], _follow)

    async def _document(self, source: Source) -> Document:
        """The document, or the one that the customer falls back on.

        Raises:
            ApplicationError: there is neither.
        """
        first = await self._fetched(source)
        if isinstance(first, Document):
            return first
        if not self.fallback.url:
            raise ApplicationError
        url = source.url if isinstance(source, Ask) else ""
        params = {**self.phone.call.params(), "ErrorCode": str(first.code), "ErrorUrl": url}
        second = await self._fetched(Ask("fallback", self.fallback.url, params, self.fallback.method))
        if isinstance(second, Document):
            return second
        raise ApplicationError

    async def _fetched(self, source: Source) -> Document | WebhookFailed | TwimlError:
        # The request outlives a caller who hangs up meanwhile: only its answer is of no use then.
        request = self.phone.spawn(_fetch(self.phone, source))
        fetched = await self.phone.live(undisturbed(request))
        if not isinstance(fetched, Document):
            self.phone.warn(fetched.code, str(fetched))
        return fetched

    async def _apologise(self) -> None:
        self.phone.answer()
        self.phone.log.add(Said(at=self.phone.exchange.now, text=APPLICATION_ERROR))
        try:
            sound = await self.phone.exchange.speak(APPLICATION_ERROR)
            await self.phone.live(self.phone.handset.play(sound))
        except (CallOver, Replaced):
            pass
        self.phone.over("failed")


async def _follow(phone: Phone, source: Source) -> None:
    """A leg of ``<Dial>`` hears a document of its own."""
    try:
        await Script(phone).follow(source)
    except ApplicationError:
        phone.over("failed")
        raise CallOver from None


async def _fetch(phone: Phone, source: Source) -> Document | WebhookFailed | TwimlError:
    try:
        if isinstance(source, Inline):
            return parse(source.text)
        answer = await phone.ask(source)
        if answer.status == NO_CONTENT:
            return Document((), answer.url)
        return read(answer.content_type, answer.text, answer.url)
    except (WebhookFailed, TwimlError) as error:
        return error
